// Receives webhooks of Inlet: WEBHOOK_SECRET=whsec_… node receiver.mjs. Needs: npm install standardwebhooks
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

createServer(async (request, response) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  let event;
  try {
    event = webhook.verify(body, request.headers);
  } catch {
    return response.writeHead(401).end();
  }
  const done = event.topic === 'job:ready' && event.payload.job === 'workbook:submitAction';
  response.end(JSON.stringify(done ? { outcome: { message: 'All contacts are there.' } } : {}));
}).listen(process.env.PORT ?? 8090, '127.0.0.1');
