// A department that signs its own people in: a certified OpenID provider, and beside it one that lies.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import Provider from "oidc-provider";

export const CLIENT = { id: "gazette", secret: "a secret between the two of them" };

function listening(answer) {
  const server = createServer(answer);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const address = (server) => `http://127.0.0.1:${server.address().port}`;

function fields(request) {
  return new Promise((resolve) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => resolve(new URLSearchParams(body)));
  });
}

/** The real one. Whoever comes types who they are; `department.amr` is what it then says of how they showed it. */
export async function department(back) {
  let answer = () => {};
  const server = await listening((request, response) => answer(request, response));
  const issuer = address(server);
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: "one" };
  const state = { issuer, amr: ["pwd"], stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [back], id_token_signed_response_alg: "ES256", grant_types: ["authorization_code"], response_types: ["code"] }],
    jwks: { keys: [jwk] },
    cookies: { keys: ["of the provider"] },
    claims: { openid: ["sub", "amr"], profile: ["name"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/who/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Officer ${id}` }) }),
    pkce: { required: () => true },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  });
  const rest = provider.callback();
  answer = async (request, response) => {
    if (!request.url.startsWith("/who/")) return rest(request, response);
    if (request.method === "GET") {
      response.setHeader("content-type", "text/html");
      return response.end('<!doctype html><title>Department</title><link rel="icon" href="data:,"><form method="post"><input id="who" name="who"><button>In</button></form>');
    }
    const who = (await fields(request)).get("who");
    if (!who) return provider.interactionFinished(request, response, { error: "access_denied" });
    return provider.interactionFinished(request, response, { login: { accountId: who, amr: state.amr, remember: false } });
  };
  return state;
}

/** One that says what `lies.claims` and `lies.key` make of it, or breaks off when it is asked for a token; it sends everybody back at once. */
export async function lyingDepartment() {
  const keys = { own: await generateKeyPair("ES256"), other: await generateKeyPair("ES256") };
  const lies = { claims: () => ({}), key: "own", alg: "ES256", asked: null, silent: false };
  const server = await listening(async (request, response) => {
    const url = new URL(request.url, issuer);
    const json = (value) => (response.setHeader("content-type", "application/json"), response.end(JSON.stringify(value)));
    if (url.pathname === "/.well-known/openid-configuration") {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/ask`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["ES256"],
      });
    }
    if (url.pathname === "/keys") return json({ keys: [{ ...(await exportJWK(keys.own.publicKey)), alg: "ES256", use: "sig", kid: "one" }] });
    if (url.pathname === "/ask") {
      lies.asked = url.searchParams;
      response.writeHead(302, { location: `${url.searchParams.get("redirect_uri")}?code=x&state=${url.searchParams.get("state")}` });
      return response.end();
    }
    if (url.pathname === "/token") {
      if (lies.silent) return request.socket.destroy();
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: issuer, aud: CLIENT.id, sub: "wang", nonce: lies.asked.get("nonce"), iat: now, exp: now + 300, ...lies.claims() };
      const token =
        lies.alg === "none"
          ? `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`
          : lies.alg === "HS256"
            ? await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(CLIENT.secret))
            : await new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(keys[lies.key].privateKey);
      return json({ access_token: "x", token_type: "Bearer", id_token: token });
    }
    response.writeHead(404).end();
  });
  const issuer = address(server);
  return Object.assign(lies, { issuer, stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) });
}
