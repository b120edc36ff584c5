// A mail server that takes every mail, and what it was given.
import { createServer, type Server as NetServer } from 'node:net';

export class Mailbox {
  private readonly mails: string[] = [];

  private constructor(
    private readonly server: NetServer,
    readonly url: string,
  ) {}

  static async open() {
    let box: Mailbox;
    const server = createServer((socket) => {
      let rest = '';
      let mail: string[] | undefined;
      socket.setEncoding('utf8').on('error', () => {});
      socket.write('220 here\r\n');
      socket.on('data', (text) => {
        const lines = (rest + text).split('\r\n');
        rest = lines.pop()!;
        for (const line of lines) {
          if (mail && line !== '.') mail.push(line);
          else if (mail) {
            box.mails.push(mail.join('\n').replaceAll('=\n', ''));
            mail = undefined;
            socket.write('250 taken\r\n');
          } else if (line === 'DATA') {
            mail = [];
            socket.write('354 go on\r\n');
          } else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    box = new Mailbox(server, `smtp://127.0.0.1:${port}`);
    return box;
  }

  /** The link in the oldest mail to that address that was not taken out yet. */
  async link(to: string) {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = this.mails.findIndex((mail) => mail.includes(`<${to}>`));
      if (found >= 0) return /http:\/\/\S+#\S+/.exec(this.mails.splice(found, 1)[0])![0];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no mail came to ${to}`);
  }

  async close() {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
