/** The plainest terminal server that works: a socket, a pty, each one's data to the other. The measure for ours. */
import type { AddressInfo } from 'node:net';
import { spawn } from 'node-pty';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  const pty = spawn('bash', ['--norc', '--noprofile'], { name: 'xterm-256color', cols: 80, rows: 24, encoding: null });
  // With `encoding: null` node-pty hands out Buffers, though its types say string.
  pty.onData((data) => socket.send(data as unknown as Buffer));
  socket.on('message', (data) => pty.write(data as Buffer));
  socket.on('close', () => pty.kill());
});
server.on('listening', () => console.log(`port ${(server.address() as AddressInfo).port}`));
