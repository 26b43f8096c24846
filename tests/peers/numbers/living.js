// What libphonenumber-js (all of its metadata) knows of the plans of French numbers, block by block, for test_phone_numbers.py:
//   node living.js MODULES plans            → one line a plan and length: country code, digits, a letter for each number asked
//   node living.js MODULES read < numbers   → what each line is, read in France: E.164, or -
// Letters: M mobile, B mobile or not, F another that is valid, - none.
const path = require("path");
const library = require(path.join(process.argv[2], "libphonenumber-js/max"));
const metadata = require(path.join(process.argv[2], "libphonenumber-js/metadata.max.json"));

const PLANS = ["33", "590", "594", "596", "262", "508", "681", "687", "689"];
const DEPTH = 5; // no pattern of these plans looks further; two ends of each block tell when one does
const ENDS = ["0", "9"];
const LENGTHS = [5, 6, 7, 8, 9, 10];

function letter(code, number) {
  let found = "-";
  for (const territory of metadata.country_calling_codes[code]) {
    const type = new library.PhoneNumber(territory, number, metadata).getType();
    if (type === "MOBILE") return "M";
    if (type === "FIXED_LINE_OR_MOBILE") found = "B";
    else if (type && found === "-") found = "F";
  }
  return found;
}

function plans() {
  for (const code of PLANS)
    for (const length of LENGTHS) {
      const depth = Math.min(DEPTH, length);
      let letters = "";
      for (let block = 0; block < 10 ** depth; block++)
        for (const end of depth < length ? ENDS : [""])
          letters += letter(code, String(block).padStart(depth, "0") + end.repeat(length - depth));
      if (/[^-]/.test(letters)) console.log(code, length, letters);
    }
}

function read() {
  const lines = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
  for (const line of lines) {
    const number = library.parsePhoneNumberFromString(line, "FR");
    console.log(number && number.isValid() ? number.number : "-");
  }
}

({ plans, read })[process.argv[3]]();
