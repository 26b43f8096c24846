// What Kubernetes' own schemas (npm's kubernetes-models: its OpenAPI, compiled by ajv) say of objects, for peers/kubernetes:
//   node judge.mjs MODULES < [object, …]   → [[what is wrong, …], …], in their order
// The schemas let unknown fields pass, as the server does unless it is told to be strict. A field that the schema knows is one that
// its validator reads: what nobody looked at is a word that Kubernetes does not know.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [, , modules] = process.argv;

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

// apps/v1 Deployment → IoK8sApiAppsV1Deployment; the group v1 is "core", of others the first word counts
function schema({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  return `IoK8sApi${capital(group.split(".")[0])}${capital(version)}${kind}`;
}

// A value that notes which of its fields are read; `asks` gathers, for each object inside, who tells the others.
function watched(value, at, asks) {
  const read = new Set();
  const inside = new Map();
  if (!Array.isArray(value))
    asks.push(() => Object.keys(value).filter((key) => !read.has(key)).map((key) => `${at}/${key}: Kubernetes knows no such field`));
  return new Proxy(value, {
    get(target, key) {
      const found = target[key];
      read.add(key);
      if (found === null || typeof found !== "object" || typeof key === "symbol") return found;
      if (!inside.has(key)) inside.set(key, watched(found, `${at}/${key}`, asks));
      return inside.get(key);
    },
  });
}

async function judge(object) {
  let validate;
  try {
    const file = path.join(modules, "kubernetes-models/_schemas", `${schema(object)}.js`);
    ({ validate } = await import(pathToFileURL(file)));
  } catch (error) {
    return [`no schema: ${error.message}`];
  }
  const asks = [];
  if (!validate(watched(object, "", asks))) return validate.errors.map((error) => `${error.instancePath} ${error.message ?? error.keyword} ${JSON.stringify(error.params)}`);
  return asks.flatMap((ask) => ask());
}

const told = [];
for (const object of JSON.parse(readFileSync(0))) told.push(await judge(object));
console.log(JSON.stringify(told));
