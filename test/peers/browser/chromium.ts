import { chromium, selectors, type Browser } from 'playwright-core';

/** Debian's Chromium, without a window and without calls to anybody. */
export async function openChromium(executablePath = '/usr/bin/chromium'): Promise<Browser> {
	// n8n's own name for it.
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({
		executablePath,
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}
