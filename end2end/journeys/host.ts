// A site of somebody else, with pages that hold Inlet in a frame. It answers under `localhost`, Inlet under `127.0.0.1`:
// for a browser these are two sites, as two ports of one name would not be.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';

/** Serves pages by their paths, and files of folders by `files`. */
export async function host(pages: Record<string, string>, files: (path: string) => Buffer | undefined = () => undefined) {
  const types: Record<string, string> = { js: 'text/javascript', mjs: 'text/javascript', css: 'text/css', html: 'text/html', json: 'application/json' };
  const site = createServer((request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname;
    const content = pages[path] ?? files(path);
    const type = types[path.split('.').at(-1)!] ?? 'text/html';
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8`, 'access-control-allow-origin': '*' }).end(content);
  });
  await new Promise<void>((resolve) => site.listen(0, 'localhost', resolve));
  const url = `http://localhost:${(site.address() as AddressInfo).port}`;
  return { url, stop: () => new Promise((resolve) => site.close(resolve)) };
}

/** Makes the browser keep cookies from frames of other sites, as most do by now. */
export async function blockThirdPartyCookies(page: Page) {
  const session = await page.context().newCDPSession(page);
  const controls = { enableThirdPartyCookieRestriction: true, disableThirdPartyCookieMetadata: true, disableThirdPartyCookieHeuristics: true };
  await session.send('Network.setCookieControls' as any, controls as any);
}

/** A page that keeps what its frames tell it in `window.heard`. */
export const listening = (body: string) => `<!doctype html><link rel="icon" href="data:,"><title>A shop</title><h1>A shop</h1>
<script>window.heard = []; addEventListener("message", (event) => heard.push({ origin: event.origin, data: event.data }))</script>${body}`;
