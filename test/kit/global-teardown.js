const UNDO = Symbol.for('lienthong.test.undo');

/** Undoes what the set-up did, once: stops the server that it started, and deletes what it has written. */
export default async function tearDown() {
  const undo = globalThis[UNDO] ?? [];
  delete globalThis[UNDO];
  delete process.env.LIENTHONG_TEST_POSTGRES;
  delete process.env.LIENTHONG_TEST_BUILT;
  await Promise.all(undo.map((step) => step()));
}
