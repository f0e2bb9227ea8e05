import { floors, oursOf } from './engines.ts';
import { Rig } from './rig.ts';
import { workloads } from './workloads.ts';

const only = (process.env.WL ?? 'small').split(',');
const rig = await Rig.start({
  engines: [
    ...(process.env.PROF ? [] : [floors[1]!]),
    { ...oursOf('compiled'), ...(process.env.PROF ? { file: './engines/prof.tmp.ts' } : {}) },
  ],
  workloads: Object.values(workloads),
  citizens: 10_000,
  progress: () => {},
});
try {
  for (const w of Object.values(workloads))
    if (only.includes(w.name))
      for (let round = 0; round < 2; round++)
        for (const e of rig.engines.running) {
          const p = await rig.prepare(e, w);
          await rig.stretch(e, p.requests, { connections: 32, seconds: 1 });
          const s = await rig.stretch(e, p.requests, { connections: 32, seconds: Number(process.env.S ?? 2) });
          console.log(w.name, e.name, p.calls, s.cpu.toFixed(3), s.requests, s.p50.toFixed(1));
        }
} finally {
  await rig.close();
}
