"""Receives webhooks of Inlet: WEBHOOK_SECRET=whsec_… python3 receiver.py. Needs: pip install standardwebhooks"""
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        try:
            event = webhook.verify(body, {name.lower(): value for name, value in self.headers.items()})
        except WebhookVerificationError:
            return self.answer(401, {})
        done = event["topic"] == "job:ready" and event["payload"]["job"] == "workbook:submitAction"
        self.answer(200, {"outcome": {"message": "All contacts are there."}} if done else {})

    def answer(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Receiver).serve_forever()
