-- Classes in the order in which people number them: 6A, 6B, 10A. The sheets of a batch are printed in it, as its list is.
create collation preau.natural (provider = icu, locale = 'fr-u-kn-true');
