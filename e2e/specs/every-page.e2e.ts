import { expect, test } from '../support/fixtures.ts';
import { expectAccessible, keepPicture, SCHEMES, useScheme } from '../support/inspect.ts';

const PAGES = ['', '/slots', '/nodes', '/operations', '/reshard', '/timeline', '/doctor'] as const;

for (const scheme of SCHEMES) {
  test(`every page of a cluster is accessible in the ${scheme} scheme`, async ({
    console: page,
    product,
    clusterId,
  }) => {
    test.setTimeout(180_000);
    await useScheme(page, scheme);
    for (const path of ['/clusters', ...PAGES.map((each) => `/clusters/${clusterId}${each}`)]) {
      await page.goto(product.url + path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const name = path.replace(clusterId, 'orders').replace(/^\//, '').replaceAll('/', '-');
      await keepPicture(page, `${name}-${scheme}`);
      await expectAccessible(page, `${name}, ${scheme}`);
    }
  });
}

test('every page fits a phone of 320 pixels without scrolling sideways', async ({
  console: page,
  product,
  clusterId,
}) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 320, height: 740 });
  for (const path of ['/clusters', ...PAGES.map((each) => `/clusters/${clusterId}${each}`)]) {
    await page.goto(product.url + path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const name = path.replace(clusterId, 'orders').replace(/^\//, '').replaceAll('/', '-');
    await keepPicture(page, `${name}-phone`);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  }
});

test('the sign-in page is accessible and says when the password is wrong', async ({ page, product }) => {
  await page.goto(product.url);
  await expectAccessible(page, 'sign-in');
  await keepPicture(page, 'sign-in');
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await keepPicture(page, 'sign-in-refused');
});

test('the console speaks Chinese on every page when asked to', async ({ console: page, product, clusterId }) => {
  await page.evaluate(() => localStorage.setItem('slotdeck.language', 'zh'));
  for (const path of PAGES) {
    await page.goto(`${product.url}/clusters/${clusterId}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/[\u4e00-\u9fff]/);
    await expect(page.locator('html')).toHaveAttribute('lang', /^zh/);
  }
  await keepPicture(page, 'doctor-chinese');
});

test('the command palette finds a page, a node and the slot of a key by keyboard alone', async ({
  console: page,
  product,
  clusterId,
}) => {
  await page.goto(`${product.url}/clusters/${clusterId}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  const search = page.getByPlaceholder('A page, a node, a slot number or a key');
  await expect(search).toBeFocused();
  await page.keyboard.type('go to slots');
  await keepPicture(page, 'palette');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/slots/);
});
