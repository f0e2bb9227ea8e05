import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const s = new Session();
s.connect();
s.post('Profiler.enable');
s.post('Profiler.setSamplingInterval', { interval: 200 });
setTimeout(() => s.post('Profiler.start'), Number(process.env.PSTART ?? 9000));
setTimeout(
  () => s.post('Profiler.stop', (e, { profile }) => writeFileSync('/tmp/ours.cpuprofile', JSON.stringify(profile))),
  Number(process.env.PSTART ?? 9000) + 3000,
);
await import('./ours.ts');
