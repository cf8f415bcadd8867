export interface BrowserCounts {
  passed: number;
  failed: string[];
  skipped: { title: string; reason: string }[];
  flaky: string[];
}
export function countPlaywright(report: unknown): BrowserCounts;
