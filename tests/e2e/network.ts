/** The network between a browser and a lab, which a test can cut: an HTTP proxy on this machine. */
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/**
 * `silent`: what is sent is lost, and nobody is told (a cable pulled, a laptop that slept). `refused`: all connections
 * are closed, and no new ones are taken (the server is away).
 */
export type State = 'open' | 'silent' | 'refused';

export class Network {
  private state: State = 'open';
  private sockets = new Set<Socket>();
  /** Connections that were refused since the network was last cut. */
  refused = 0;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    /** For Playwright's `proxy`, which would else leave this machine's own addresses out. */
    readonly proxy: { server: string; bypass: string },
  ) {}

  static async create(): Promise<Network> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const network = new Network(server, { server: `http://127.0.0.1:${port}`, bypass: '<-loopback>' });
    server.on('connection', (socket) => network.keep(socket));
    server.on('request', (incoming, outgoing) => {
      const onward = request(incoming.url!, { method: incoming.method, headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    server.on('connect', (incoming, browser: Socket, head: Buffer) => {
      const { hostname, port } = new URL(`http://${incoming.url}`);
      const lab = connect(Number(port), hostname, () => browser.write('HTTP/1.1 200 Connection established\r\n\r\n'));
      lab.write(head);
      network.join(browser, lab);
    });
    return network;
  }

  set(state: State): void {
    this.state = state;
    this.refused = 0;
    // What was silent stays silent: those bytes are lost. They come over new connections, once the old are given up.
    if (state === 'refused') for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.set('refused');
    await new Promise((resolve) => this.server.close(resolve));
  }

  private keep(socket: Socket): void {
    if (this.state === 'refused') {
      this.refused++;
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  private join(browser: Socket, lab: Socket): void {
    this.keep(lab);
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => this.state === 'open' && !this.lost.has(from) && to.write(bytes));
      from.on('data', () => this.state === 'silent' && this.lost.add(browser).add(lab));
      from.on('close', () => this.state !== 'silent' && to.destroy());
    };
    pass(browser, lab);
    pass(lab, browser);
  }

  /** Connections that lost bytes: they carry nothing any more. */
  private lost = new WeakSet<Socket>();
}
