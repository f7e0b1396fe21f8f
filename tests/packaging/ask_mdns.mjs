// ask_mdns.mjs NAME OWN_ADDRESS - who is NAME.local? Asks once, the way a phone does (RFC 6762, 5.1: a one-shot query), on the
// network of OWN_ADDRESS, and prints the IPv4 address that is answered. Ends with 1 when nobody answers within five seconds.
import { createSocket } from 'node:dgram';

const [name, own] = process.argv.slice(2);
const labels = [name, 'local'].map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
const A = 1;
const INTERNET = 1;
const question = Buffer.concat([Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, A, 0, INTERNET])]);

const socket = createSocket('udp4');
socket.on('message', (answer) => {
  // The question comes back first; then records, each with its name (a pointer, or spelt out), type, class, life and length.
  let at = question.length;
  for (let left = answer.readUInt16BE(6); left > 0; left -= 1) {
    while (answer[at] !== 0 && answer[at] < 0xc0) at += answer[at] + 1;
    at += answer[at] === 0 ? 1 : 2;
    const [type, length] = [answer.readUInt16BE(at), answer.readUInt16BE(at + 8)];
    if (type === A) {
      console.log([...answer.subarray(at + 10, at + 14)].join('.'));
      socket.close();
      process.exit(0);
    }
    at += 10 + length;
  }
});
socket.bind(0, own, () => {
  socket.setMulticastInterface(own);
  const ask = () => socket.send(question, 5353, '224.0.0.251');
  ask();
  setInterval(ask, 1000);
});
setTimeout(() => process.exit(1), 5000);
