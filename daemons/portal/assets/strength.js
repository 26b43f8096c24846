// How hard a password is to guess, 0 to 4, by the rule of linkd (password_strength of common/domain), which has the last word:
// it knows the person's names and dates, and the passwords that everybody knows. Nothing typed leaves the browser.
const [LENGTH_MIN, LENGTH_MAX, BITS_MIN, BITS_STRONG] = [8, 128, 50, 80];
const KINDS = [[/[0-9]/, 10], [/[a-z]/, 26], [/[A-Z]/, 26], [/[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/, 33], [/[^\x00-\x7f]/u, 40]];
const RUNS = ['azertyuiop', 'qsdfghjklm', 'wxcvbn', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

const hundredthsOfBits = (size) => {
  let [bits, power] = [0, 1];
  for (let i = 0; i < 100; i += 1) {
    power *= size;
    for (; power >= 2 ** 40; bits += 1) power = Math.floor(power / 2);
  }
  return bits + Math.floor(Math.log2(power));
};

const isStep = (before, letter) => {
  const [from, to] = [before.codePointAt(0), letter.codePointAt(0)];
  if (Math.abs(from - to) <= 1) return true;
  return from < 128 && to < 128 && RUNS.some((run) => {
    const [here, there] = [before, letter].map((one) => run.indexOf(one.toLowerCase()));
    return here >= 0 && there >= 0 && Math.abs(here - there) === 1;
  });
};

const isCheap = (letters, at) => {
  if (at < 2) return false;
  const [third, second, first, newest] = [letters[at - 3], letters[at - 2], letters[at - 1], letters[at]];
  const runsOn = isStep(second, first) && isStep(first, newest);
  return runsOn || (third !== undefined && newest === second && first === third);
};

const bitsOf = (letters) => {
  const costly = letters.filter((_, at) => !isCheap(letters, at)).length;
  const size = KINDS.reduce((sum, [kind, of]) => sum + (letters.some((letter) => kind.test(letter)) ? of : 0), 0);
  return size === 0 ? 0 : Math.floor((costly * hundredthsOfBits(size)) / 100);
};

export const strength = (password) => {
  const letters = [...password];
  const bits = bitsOf(letters);
  if (letters.length < LENGTH_MIN || letters.length > LENGTH_MAX || bits < BITS_MIN) return bits < BITS_MIN / 2 ? 0 : 1;
  if (bits < (BITS_MIN + BITS_STRONG) / 2) return 2;
  return bits < BITS_STRONG ? 3 : 4;
};

export const tell = (field, place) => {
  const [meter, words] = [place.querySelector('meter'), place.querySelector('[data-mots]')];
  field.addEventListener('input', () => {
    const level = strength(field.value);
    place.hidden = field.value === '';
    meter.value = level;
    words.textContent = words.dataset.mots.split('|')[level];
  });
};
