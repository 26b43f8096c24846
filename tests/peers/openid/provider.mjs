// A real OpenID Connect provider (panva's, certified) over HTTPS, in the place of an academy's portal or an ENT.
//
//   node provider.mjs CONFIG.json
//
// CONFIG: folder (of node_modules), issuer, port, key, certificate (PEM files), keys (file of the signing keys, made when
// it is not there), clients (as oidc-provider takes them), people ({login: claims}), idTokenClaims (true: all claims are
// in the ID token, false: in userinfo), jwtUserinfo. Who signs in is chosen on a page, by a link for each person.
import https from 'node:https'
import { Provider, config, escaped, page, signingKeys, tls } from './parts.mjs'

const provider = new Provider(config.issuer, {
  clients: config.clients,
  jwks: await signingKeys(['RS256', 'PS256', 'ES256']),
  findAccount: (_, sub) => config.people[sub] && { accountId: sub, claims: () => ({ sub, ...config.people[sub] }) },
  claims: {
    openid: ['sub', 'acr', 'amr'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username'],
    email: ['email'],
    ecole: ['FrEduRneResp', 'FrEduFonctAdm'],
    ent: ['ENTPersonJointure'],
  },
  scopes: ['openid', 'offline_access'],
  conformIdTokenClaims: !config.idTokenClaims,
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'], userinfoSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  cookies: { keys: ['of the tests'] },
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    jwtUserinfo: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = page('Se déconnecter du portail ?', `${form}<button id="oui" form="op.logoutForm" name="logout" value="yes">Oui</button>`)
      },
      postLogoutSuccessSource: (ctx) => { ctx.body = page('Déconnecté du portail', '') },
    },
  },
  renderError: (ctx, out) => { ctx.body = page('Erreur du portail', `<pre>${escaped(JSON.stringify(out))}</pre>`) },
  ttl: { AuthorizationCode: 60, AccessToken: 60, IdToken: 300, Interaction: 600, Session: 3600, Grant: 600 },
})

async function signIn(request, response, login) {
  const { params } = await provider.interactionDetails(request, response)
  const grant = new provider.Grant({ accountId: login, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  const { acr, amr } = config.people[login]
  await provider.interactionFinished(request, response, {
    login: { accountId: login, acr, amr, remember: true },
    consent: { grantId: await grant.save() },
  })
}

async function interact(request, response) {
  const [, , uid, what, login] = new URL(request.url, config.issuer).pathname.split('/')
  if (what === 'abort') {
    await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'abandon' })
  } else if (what === 'as' && config.people[login]) {
    await signIn(request, response, login)
  } else {
    const links = Object.entries(config.people).map(([name, claims]) =>
      `<li><a id="${name}" href="/interaction/${uid}/as/${name}">${escaped(claims.name ?? name)}</a></li>`)
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(page('Portail de l’académie (essai)', `<p>Qui êtes-vous ?</p><ul>${links.join('')}</ul>
<p><a id="abandon" href="/interaction/${uid}/abort">Abandonner</a></p>`))
  }
}

const callback = provider.callback()
https.createServer(tls(), (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    callback(request, response)
    return
  }
  interact(request, response).catch((error) => {
    response.statusCode = 400
    response.end(String(error))
  })
}).listen(config.port, '127.0.0.1')
