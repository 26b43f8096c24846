// FranceConnect's stand-in: the engine that it runs (panva's oidc-provider), set up as it is, behind the strictness of its own front
// (version 2): a parameter that it does not know, PKCE among them, is an error page.
//
//   node franceconnect.mjs CONFIG.json
//
// CONFIG: as of provider.mjs, with client (one), people (a file: {name: claims}, read at each sign-in). Who one is, or how it ends, is
// chosen on a page.
import fs from 'node:fs'
import https from 'node:https'
import { Provider, config, escaped, page, signingKeys, tls } from './parts.mjs'

const PREFIX = '/api/v2'
const MANDATORY = ['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce', 'acr_values']
const OPTIONAL = ['prompt', 'claims', 'idp_hint', 'ui_locales']
const LEVELS = ['eidas1', 'eidas2', 'eidas3']
const ERRORS = 'https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/'
const CODES = { invalid_client: 'Y0434A7B', invalid_request: 'Y048017B', invalid_grant: 'Y049E20B' }

const people = () => JSON.parse(fs.readFileSync(config.people, 'utf8'))

const provider = new Provider(config.issuer, {
  clients: [config.client],
  jwks: await signingKeys(['ES256', 'RS256']),
  findAccount: (_, name) => people()[name] && { accountId: name, claims: () => ({ ...people()[name], sub: name }) },
  subjectTypes: ['pairwise'],
  pairwiseIdentifier: (_, name) => people()[name].sub,
  acrValues: ['eidas1'],
  scopes: ['openid'],
  claims: {
    openid: ['sub', 'acr'],
    profile: ['given_name', 'given_name_array', 'family_name', 'birthdate', 'gender', 'preferred_username'],
    birth: ['birthplace', 'birthcountry'],
    identite_pivot: ['given_name', 'given_name_array', 'family_name', 'birthdate', 'gender', 'birthplace', 'birthcountry'],
    given_name: ['given_name', 'given_name_array'],
    ...Object.fromEntries(['gender', 'birthdate', 'birthplace', 'birthcountry', 'family_name', 'email', 'preferred_username', 'idp_birthdate']
      .map((name) => [name, [name]])),
    amr: null,
  },
  responseTypes: ['code'],
  clientAuthMethods: ['client_secret_post', 'private_key_jwt'],
  enabledJWA: {
    idTokenSigningAlgValues: ['ES256', 'RS256', 'HS256'], userinfoSigningAlgValues: ['ES256', 'RS256', 'HS256'],
  },
  cookies: { keys: ['of the tests'], long: { path: '/' }, short: { path: '/' } },
  pkce: { required: () => false },
  extraParams: ['idp_hint'],
  routes: { authorization: '/authorize', userinfo: '/userinfo' },
  interactions: { url: (_, interaction) => `${PREFIX}/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    jwtUserinfo: { enabled: true },
    claimsParameter: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => { // sent by itself, as there
        ctx.body = page('FranceConnect (essai) : déconnexion', `${form}<input type="hidden" name="logout" value="yes" form="op.logoutForm">
<script>document.forms[0].submit()</script>`)
      },
      postLogoutSuccessSource: (ctx) => { ctx.body = page('Déconnecté de FranceConnect (essai)', '') },
    },
  },
  renderError: (ctx, out) => { ctx.body = page('Erreur de FranceConnect (essai)', `<pre>${escaped(JSON.stringify(out))}</pre>`) },
  ttl: { AuthorizationCode: 30, AccessToken: 60, IdToken: 60, Interaction: 1800, Session: 1800, Grant: 60 },
})

provider.use(async (ctx, next) => {
  await next()
  if (ctx.path === '/token' && ctx.status >= 400 && ctx.body?.error) {
    ctx.body = {
      ...ctx.body, error_description: `${ctx.body.error_description} (essai)`,
      error_uri: `${ERRORS}?code=${CODES[ctx.body.error] ?? 'Y000000'}&id=00000000-0000-4000-8000-000000000000`,
    }
  }
})

// what its front refuses before the engine sees it: the page's code, or null
function wrongInAuthorize(query) {
  const names = [...query.keys()]
  const isKnown = names.every((name) => MANDATORY.includes(name) || OPTIONAL.includes(name)) && new Set(names).size === names.length
  const prompts = query.has('prompt') ? query.get('prompt').split(' ') : []
  const isWhole = MANDATORY.every((name) => query.get(name)) && query.get('nonce').length >= 22
  return isKnown && isWhole && prompts.every((one) => ['login', 'consent'].includes(one)) ? null : 'Y030007'
}

function back(response, query, answer) {
  const to = new URL(query.get('redirect_uri'))
  Object.entries({ ...answer, iss: config.issuer }).forEach(([name, value]) => to.searchParams.set(name, value))
  response.writeHead(303, { Location: to.href }).end()
}

// null: answered
function authorize(request, response, url) {
  const levels = (url.searchParams.get('acr_values') ?? '').split(' ')
  const wrong = wrongInAuthorize(url.searchParams)
  if (wrong) {
    fail(response, wrong)
    return null
  }
  if (levels.every((one) => LEVELS.includes(one)) && !levels.includes('eidas1')) {
    back(response, url.searchParams, {
      error: 'invalid_acr', state: url.searchParams.get('state'),
      error_description: `acr_value is not valid, should be equal one of these values, expected eidas1, got ${levels[0]}`,
    })
    return null
  }
  delete request.headers.cookie
  url.searchParams.set('acr_values', 'eidas1')
  url.searchParams.set('prompt', 'login consent')
  return url
}

function fail(response, code, status = 400) {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' })
  response.end(page('Erreur de FranceConnect (essai)', `<p>Code d’erreur : ${code}</p>`))
}

function endSession(response, url) {
  const names = [...url.searchParams.keys()]
  const isRight = ['id_token_hint', 'post_logout_redirect_uri', 'state'].every((name) => url.searchParams.get(name)) && names.length === 3
  if (!isRight) {
    fail(response, 'Y030007')
  }
  return isRight ? url : null
}

async function signIn(request, response, name) {
  const { params } = await provider.interactionDetails(request, response)
  const grant = new provider.Grant({ accountId: name, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  await provider.interactionFinished(request, response, {
    login: { accountId: name, acr: 'eidas1', amr: ['pwd'], remember: false },
    consent: { grantId: await grant.save() },
  })
}

async function interact(request, response, url) {
  const [, uid, what, name] = url.pathname.slice(PREFIX.length + 1).split('/')
  const { params } = await provider.interactionDetails(request, response)
  const query = new URLSearchParams(params)
  if (what === 'error') {
    await provider.interactionFinished(request, response, { error: name, error_description: 'User auth aborted' })
  } else if (what === 'lost') { // the state, as it sometimes is
    back(response, query, { error: 'server_error', error_description: 'authentication aborted due to a technical error on the authorization server', state: 'undefined' })
  } else if (what === 'as' && people()[name]) {
    await signIn(request, response, name)
  } else {
    const way = (path, words) => `<li><a id="${path.replace('/', '-')}" href="${PREFIX}/interaction/${uid}/${path}">${escaped(words)}</a></li>`
    const links = Object.entries(people()).map(([one, claims]) =>
      way(`as/${one}`, `${claims.given_name} ${claims.family_name ?? ''}`))
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(page('FranceConnect (essai)', `<p>Qui êtes-vous ?</p><ul>${links.join('')}</ul><p>Ou bien :</p><ul>
${way('error/access_denied', 'Abandonner')}${way('error/temporarily_unavailable', 'FranceConnect est indisponible')}
${way('error/server_error', 'FranceConnect échoue')}${way('lost', 'FranceConnect perd la demande')}</ul>`))
  }
}

const callback = provider.callback()
https.createServer(tls(), (request, response) => {
  let url = new URL(request.url, config.issuer)
  if (!url.pathname.startsWith(`${PREFIX}/`)) {
    fail(response, 'Y000404', 404)
    return
  }
  if (url.pathname.startsWith(`${PREFIX}/interaction/`)) {
    interact(request, response, url).catch((error) => fail(response, escaped(error)))
    return
  }
  if (url.pathname === `${PREFIX}/authorize`) {
    url = authorize(request, response, url)
  } else if (url.pathname === `${PREFIX}/session/end`) {
    url = endSession(response, url)
  } else if (url.pathname === `${PREFIX}/token` && request.headers.authorization) {
    fail(response, 'Y0434A7B', 401)
    return
  }
  if (url) {
    request.originalUrl = url.pathname + url.search
    request.url = request.originalUrl.slice(PREFIX.length)
    callback(request, response)
  }
}).listen(config.port, '127.0.0.1')
