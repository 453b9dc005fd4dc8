import assert from 'node:assert/strict';
import { test } from 'node:test';

import { record_path } from './api.ts';

test('the code of a record stands in the path with escapes, which the monitor takes', () => {
  assert.equal(record_path('ams-dz001:lon-dz001'), 'api/v1/assessments/ams-dz001%3Alon-dz001');
  assert.equal(record_path('a?b#c'), 'api/v1/assessments/a%3Fb%23c');
});
