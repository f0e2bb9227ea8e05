import { expect, test } from '@jest/globals';

import { Metrics } from './metrics.ts';

test('names and labels of what requests are counted by', async () => {
  const metrics = new Metrics({ process: false });
  metrics.request(200, 0.003);
  metrics.request(200, 0.02);
  metrics.request(401, 0.001);
  metrics.departmentCall('land', 'ok', 0.004);
  metrics.departmentCall('land', 'timeout', 7);
  metrics.denied('Citizen.fullName');
  metrics.denied('Citizen.fullName');
  const read = () => metrics.registry.metrics();
  const text = await read();
  for (const line of [
    'lienthong_request_duration_seconds_bucket{le="0.005",status="200"} 1',
    'lienthong_request_duration_seconds_count{status="200"} 2',
    'lienthong_request_duration_seconds_sum{status="401"} 0.001',
    'lienthong_department_call_duration_seconds_bucket{le="5",department="land",outcome="timeout"} 0',
    'lienthong_department_call_duration_seconds_count{department="land",outcome="ok"} 1',
    'lienthong_denied_fields_total{coordinate="Citizen.fullName"} 2',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  // Reading changes nothing: a scraper and an operator see the same.
  expect(await read()).toBe(text);
});
