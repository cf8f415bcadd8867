/**
 * Reads the figures out of Playwright's JSON report: suites hold specs, a spec holds one test per browser project.
 *
 * @returns {{ passed: number, failed: string[], skipped: { title: string, reason: string }[], flaky: string[] }} `flaky` names
 * tests that passed only when tried again; they are counted as passed too.
 */
export function countPlaywright(report) {
  const counts = { passed: 0, failed: [], skipped: [], flaky: [] };
  const walk = (suite, above) => {
    const titles = suite.title ? [...above, suite.title] : above;
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const title = [...titles, spec.title].join(' › ');
        if (test.status === 'skipped') {
          const mark = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme');
          counts.skipped.push({ title, reason: mark?.description ?? 'no reason given' });
        } else if (test.status === 'unexpected') counts.failed.push(title);
        else {
          counts.passed += 1;
          if (test.status === 'flaky') counts.flaky.push(title);
        }
      }
    }
    for (const inner of suite.suites ?? []) walk(inner, titles);
  };
  for (const suite of report.suites ?? []) walk(suite, []);
  for (const error of report.errors ?? []) counts.failed.push(`outside any test: ${error.message ?? 'unknown error'}`);
  return counts;
}
