// Stands between a listener and the server, as proxies do, and spoils what the driver asks for when told to.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What comes of a poll in place of the server's answer. */
export type Fault = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const refuse = (status: number, headers = {}, body = ''): Fault => (_, response) => response.writeHead(status, headers).end(body);
const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };

export const faults: Record<string, Fault> = {
  'a bad request': refuse(400, json, '{"status":400,"error":true,"service":"Access Manager","message":"no"}'),
  'too many requests': refuse(429),
  'an error of the server': refuse(500, json, '{"errors":[{"message":"no"}]}'),
  'a bad gateway': refuse(502, html, '<h1>502 Bad Gateway</h1>'),
  'a server that is not ready': refuse(503, json, '{"status":503,"error":true,"service":"Access Manager","message":"wait"}'),
  'a page of a proxy': refuse(200, html, '<h1>Sign in</h1>'),
  'a connection that is cut': (request) => request.socket.destroy(),
};

/** Starts one before `target`. */
export async function startGateway(target: string) {
  let fault: Fault | undefined;
  let met = 0;
  /** The tokens that went through, and those of them that the server is no longer to know. */
  const [seen, expired] = [new Set<string>(), new Set<string>()];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url!, target);
    if (url.pathname.startsWith('/v2/subscribe') && fault) {
      met += 1;
      return fault(request, response);
    }
    const token = url.searchParams.get('auth') ?? '';
    seen.add(token);
    if (expired.has(token)) url.searchParams.set('auth', 'too.old');
    const passed = http.request(url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => request.socket.destroy());
    response.on('close', () => passed.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on the polls end so; without a fault they go through. */
    spoil(how?: Fault) {
      fault = how;
      met = 0;
    },
    /** How many polls ended so. */
    met: () => met,
    expireTokens() {
      for (const token of seen) expired.add(token);
    },
    stop: () => server.close() && server.closeAllConnections(),
  };
}
