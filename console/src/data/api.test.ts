import assert from 'node:assert/strict';
import { test } from 'node:test';

import { record_path } from './api.ts';

test('the code of a link stands in the path as the monitor knows it', () => {
  assert.equal(record_path('ams-dz001:lon-dz001'), 'api/v1/assessments/ams-dz001:lon-dz001');
  assert.equal(record_path('a?b#c'), 'api/v1/assessments/a%3Fb%23c');
});
