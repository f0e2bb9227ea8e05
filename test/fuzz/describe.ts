import type { Failure, Plan } from './run.ts';

/** Everything that a reader needs to see one failure again. */
export const describeFailure = ({ federation, trial, finding, at }: Failure, plan: Plan): string =>
  [
    `seed ${plan.seed}, schema/operation ${at}: ${finding.what} differ`,
    ...[...federation.sdl].map(([name, text]) => `--- ${name} (unguarded: ${federation.model.unguarded})\n${text}`),
    `--- caller ${JSON.stringify(trial.caller)}`,
    `--- operation ${trial.operation.operationName ?? ''} ${JSON.stringify(trial.operation.variables)}`,
    trial.operation.text,
    `--- calls\n${federation.calls.map((call) => `${call.department}: ${call.query} ${JSON.stringify(call.variables)}`).join('\n')}`,
    `--- expected\n${finding.expected}`,
    `--- got\n${finding.got}`,
  ].join('\n');
