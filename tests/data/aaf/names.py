"""First names and family names: common ones of many origins, and invented family names put together from pieces."""

import functools
import unicodedata

from .chance import pick, pick_early

WOMEN = """Marie Camille Léa Manon Chloé Emma Inès Sarah Jade Louise Alice Juliette Zoé Lina Léonie Anaïs Céline Élodie Aurélie
Hélène Émilie Nathalie Sandrine Stéphanie Valérie Véronique Delphine Audrey Mélanie Laëtitia Gaëlle Noémie Solène Maëlys Rozenn
Nolwenn Enora Maïwenn Amaia Maite Lætitia Françoise Agnès Zélie Éléonore Ambre Rose Anna Mila Nina Eva Romane Agathe Apolline
Capucine Garance Marguerite Héloïse Faustine Fatima Aïcha Khadija Naïma Leïla Yasmine Nour Samira Salima Zineb Kahina Tassadit
Ikram Assia Soumaya Malika Aminata Fatou Aïssatou Mariama Awa Kadiatou Djénéba Rokhaya Bintou Oumou Adjoua Grâce Divine Merveille
Noura Fanta Maria Ana Inês Beatriz Lurdes Carmen Pilar Lucía Giulia Chiara Francesca Agnieszka Katarzyna Zofia Ewa Elena Ioana
Svetlana Olga Irina Elif Zeynep Ayşe Gülsüm Esra Thi-Lan Mai Linh Ngoc Xiu Mei Yan Priya Lakshmi Anjali Shanti Meena Hina Teura
Moana Vaiana Hinano Tiare Nirina Voahangy Rasoa Halima Zaïnaba Moinaécha Echati Roukia Rachel Esther Déborah Myriam Anouk Ingrid
Astrid Jo-Ann Kelly-Ann""".split() + """Marie-Claire|Anne-Sophie|Marie-Hélène|Anne Laure|Lou-Ann|Marie-Thérèse|Rose-Marie
Mary Lou|Emma-Louise|Jeanne d'Arc|Fatima-Zahra|Fatima Ezzahra|Marie-Noëlle|Ève-Anne|Léa-Rose""".replace("\n", "|").split("|")
MEN = """Gabriel Léo Raphaël Louis Arthur Jules Adam Lucas Hugo Maël Liam Noé Nathan Théo Ethan Paul Tom Sacha Nolan Enzo Timéo
Jérôme Sébastien Frédéric Grégory Stéphane Cédric Loïc Gaël Benoît François Étienne Éric Rémi Rémy Aurélien Fabien Ludovic Mickaël
Joël Noël Anaël Yannick Erwan Ronan Gwénaël Tanguy Malo Mathéo Peio Xabi Eneko Bixente Côme Célestin Octave Gaspard Achille Basile
Mohamed Mehdi Karim Yacine Rachid Saïd Ismaël Ibrahim Ayoub Bilal Naïm Youssef Idriss Amine Farès Aghilès Massinissa Idir Mokrane
Mamadou Ousmane Abdoulaye Cheikh Souleymane Moussa Seydou Boubacar Bakary Lamine Koffi Kouassi Yao Kouamé Exaucé Christ-Roi Jonas
João António Luís Manuel José Jesús Álvaro Marco Giuseppe Matteo Piotr Krzysztof Wojciech Tomasz Ion Vlad Ștefan Dmitri Sergueï
Mehmet Emre Hüseyin Ömer Murat Minh Duc Quang Tuan Wei Jun Hao Arun Vijay Suresh Kumaran Mathavan Teva Manuarii Tamatoa Heimanu
Hery Rado Faly Andry Saïd-Ali Mounir Daoud Nassur David Élie Samuel Isaac Ézéchiel Björn Lars Kevin Steven Dylan Jordan Bryan
Sören""".split() + """Jean-Baptiste|Jean-Marie|Jean Pierre|Pierre-Yves|Jean-François|Paul-Émile|Marc-Antoine|Jean-Noël|Louis-Marie
Mohamed Amine|Mohamed-Ali|Jean-Jacques|Pierre-Antoine|Charles-Henri|Abd El Kader|Abdel-Hakim""".replace("\n", "|").split("|")
COMMON = """Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David Bertrand Morel
Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Faure André Mercier Blanc Guérin Boyer Garnier Chevalier
Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Lemaire Noël
Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martínez Gérard Roche Renard Schmitt
Roy Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey
Leclerc Payet Rolland Leclercq Guillaume Lecomte López Jean Dupuy Guillot Hubert Berger Carpentier Sánchez Dupuis Moulin Hoarau
Le-Gall Kermarrec Guéguen Tanguy Quéméner Etcheverry Harispe Bidegain Casanova Paoli Santoni Wagner Schneider Weber Klein
Benali Haddad Mansouri Cherif Bouzid Amrani Belkacem Saïdi Hamdi Ziani Benkhelifa Ouali Aït-Ahmed Boukhris Lahlou Tazi Diallo
Traoré Coulibaly Diop Ndiaye Sow Cissé Koné Touré Bamba Ouattara Kouassi Mendy Sarr Fofana Camara Keïta Mbemba Nkosi Tchoupo
Silva Ferreira Pereira Gonçalves Rodrigues Da-Silva Fernández Romero Rossi Bianchi Esposito Kowalski Nowak Wiśniewski Popescu
Ionescu Petrov Ivanov Yılmaz Demir Şahin Öztürk Nguyễn Trần Lê Phạm Huỳnh Chen Wang Zhang Li Kumar Sivakumar Rajan Pillai
Rakotomalala Andrianarisoa Randria Teriitahi Tuheiava Wamytan Haméa Madi Ali-Combo Houmadi Attoumani Lévy Cohen Ben-Haïm Lindström
Grégoire Œuvrard Hénaff Cœurdoux Aÿmar""".split()
STARTS = """Beau Mont Val Roche Font Cler Haut Bois Belle Neuv Ville Grand Pré Champ Mar Chant Saul Vern Cour Bru Gren Tré Ker Pen
Char Lour Fau Mir Dor Sain Gas Cas Per Ser Vau Bor Cham Plan""".split()
ENDS = """fort clair mont val court ville bel pré lieu joie gault rand bert mard delle sac gnac ières igny eau ot et ard in elle
andin oine ussac anges evert oulès ézac édic ançon eyrac uçon ouët""".split()
PARTICLES = ("de ", "de La ", "du ", "d'", "Le ", "L'", "El ", "Ben ", "Van den ", "von ", "N'", "O'", "Da ", "dos ", "Di ", "Mc")
SEPARATORS = ("--",) * 6 + ("-",) * 3 + (" ",) * 3 + ("- ", " - ", "  ")


@functools.lru_cache(maxsize=20000)
def ascii_of(text):
    """Accents off, ligatures apart: what old keyboards make of a name."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE").replace("ı", "i")
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def first_name(rng, sex):
    return pick_early(rng, WOMEN if sex == "F" else MEN)


def birth_name(rng):
    """A family name in its own letters; one in three common, the others invented."""
    draw = rng.random()
    if draw < 0.34:
        name = pick_early(rng, COMMON).replace("-", " ") if draw < 0.02 else pick_early(rng, COMMON)
    else:
        name = pick(rng, STARTS) + pick(rng, ENDS)
        if draw > 0.93:
            name = pick(rng, PARTICLES) + name
    return name


def civil(rng, name):
    """As civil status types it: capitals, nearly always without accents."""
    name = name.upper()
    return name if rng.random() < 0.04 else ascii_of(name)


def joined(rng, first, second):
    """A double family name, in one of the shapes met: `A--B` is the one of French civil status."""
    return first + pick(rng, SEPARATORS) + second


def respelled(rng, first):
    """The same first name as another secretary types it; may be the same."""
    choice = rng.random()
    if choice < 0.4:
        return ascii_of(first)
    if choice < 0.7:
        return first.replace("-", " ")
    return first.upper() if choice < 0.9 else first + " "
