// What the providers of this folder share: npm's modules, signing keys kept in a file, pages.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

export const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const module = (name) => import(pathToFileURL(path.join(config.folder, 'node_modules', name)).href)
export const { Provider } = await module('oidc-provider/lib/index.js')
const jose = await module('jose/dist/webapi/index.js')

export async function signingKeys(algorithms) {
  if (!fs.existsSync(config.keys)) {
    const keys = []
    for (const alg of algorithms) {
      const { privateKey } = await jose.generateKeyPair(alg, { extractable: true })
      const jwk = await jose.exportJWK(privateKey)
      keys.push({ ...jwk, alg, use: 'sig', kid: await jose.calculateJwkThumbprint(jwk) })
    }
    fs.writeFileSync(config.keys, JSON.stringify({ keys }), { mode: 0o600 })
  }
  return JSON.parse(fs.readFileSync(config.keys, 'utf8'))
}

export const tls = () => ({ key: fs.readFileSync(config.key), cert: fs.readFileSync(config.certificate) })

export const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
export const page = (title, body) => `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>
<body style="font:16px/1.5 sans-serif;max-width:40rem;margin:2rem auto"><h1>${escaped(title)}</h1>${body}</body></html>`
