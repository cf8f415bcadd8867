import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * A vitest reporter that leaves the figures `npm test` ends with in the file named by SLOTDECK_VITEST_COUNTS. vitest's own JSON
 * drops the reason a test gives for being skipped, and a skip without its reason reads like a pass.
 *
 * A test file that does not load, and an error outside any test, count as one failure each: neither must look like silence.
 */
export default class CountsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId);
      if (module.errors().length > 0) counts.failed.push(`${file}: the file does not load`);
      for (const test of module.children.allTests()) {
        const result = test.result();
        const title = `${file}: ${test.fullName}`;
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'skipped') counts.skipped.push({ title, reason: result.note ?? 'no reason given' });
        else counts.failed.push(title);
      }
    }
    for (const error of unhandledErrors) counts.failed.push(`outside any test: ${error.message}`);
    writeFileSync(process.env.SLOTDECK_VITEST_COUNTS, JSON.stringify(counts));
  }
}
