import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

suite('Counted by counts.test.ts', () => {
  test('passes', () => undefined);
  test('passes too', () => undefined);
  test('fails', () => assert.equal(1, 2));
  test.skip('is skipped', () => undefined);
  test.todo('is left to do');
});
