import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

import type { ReportLanguage } from '../../../core/variance/words';
import { sampleFiles } from '../../core/variance/sampleReport';
import { openChromium } from './chromium';

const script = '<script>alert(1)</script><img src="http://127.0.0.1:9/x.png" onerror="alert(2)">';

let browser: Browser;
let folder: string;
beforeAll(async () => {
	browser = await openChromium();
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-variance-report-'));
});
afterAll(async () => {
	await browser.close();
	await rm(folder, { recursive: true, force: true });
});

/** The report in a browser, and all that the page asked for or wanted to say while it opened. */
async function opened(
	language: ReportLanguage,
	width: number,
): Promise<{ page: Page; requests: string[]; dialogs: string[] }> {
	const { html } = await sampleFiles(language, { partner: script, times: 3 });
	const file = join(folder, `${language}.html`);
	await writeFile(file, html);
	const page = await browser.newPage({ viewport: { width, height: 900 } });
	const requests: string[] = [];
	const dialogs: string[] = [];
	page.on('request', (request) => requests.push(request.url()));
	page.on('dialog', (dialog) => {
		dialogs.push(dialog.message());
		void dialog.dismiss();
	});
	await page.goto(`file://${file}`, { waitUntil: 'networkidle' });
	return { page, requests, dialogs };
}

test.each<[ReportLanguage, string]>([
	['en', 'Business-Finance Variance Alert Report'],
	['zh-CN', '业务-财务差异预警报告'],
])('the report in %s asks for nothing, and a script in a name is text', async (language, title) => {
	const { page, requests, dialogs } = await opened(language, 1280);
	expect(requests).toEqual([`file://${join(folder, `${language}.html`)}`]);
	expect(dialogs).toEqual([]);
	await expect(page.locator('h1').textContent()).resolves.toBe(title);
	await expect(page.locator('script, img').count()).resolves.toBe(0);
	await expect(page.locator('.actOn').textContent()).resolves.toContain(script);
	await expect(page.locator('figure svg').count()).resolves.toBe(5);
	await page.close();
});

test.each([1280, 390])(
	'at a width of %i nothing is wider than the page, and a card leads to its section',
	async (width) => {
		const { page } = await opened('en', width);
		await expect(page.evaluate('document.documentElement.scrollWidth')).resolves.toBe(width);
		await page.locator('.cards .stillOpen').click();
		await page.waitForFunction(
			`Math.abs(document.querySelector('#stillOpen').getBoundingClientRect().top) < 60`,
		);
		await page.close();
	},
);

test('printed, the charts of a long report are whole, no row is parted, and each page of a list has its headings', async () => {
	const { page } = await opened('en', 1280);
	await page.emulateMedia({ media: 'print' });
	const styles = async (selector: string, property: string) =>
		await page.evaluate(
			`[...new Set([...document.querySelectorAll('${selector}')].map((one) => getComputedStyle(one).${property}))]`,
		);
	await expect(styles('figure, tbody tr, .actOn', 'breakInside')).resolves.toEqual(['avoid']);
	await expect(styles('thead', 'display')).resolves.toEqual(['table-header-group']);
	await expect(styles('.state, .light.on, th', 'printColorAdjust')).resolves.toEqual(['exact']);
	await page.close();
});
