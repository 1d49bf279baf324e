import type { Page } from 'playwright-core';
import { testOwner } from '../../../sandbox/n8n/prepared';
import { withN8n } from '../../e2e/harness/withN8n';
import { openChromium } from './chromium';
import { Editor } from './editor';

const host = withN8n();
const node = (name: string, x: number, y: number, parameters: object) => ({
	id: name, name, type: 'n8n-nodes-erp-bridge.finance', typeVersion: 1, position: [x, y], parameters,
});
const plant = { id: 'PLANT', name: 'Plant in Suzhou', calendar: 'Calendar months', timeZone: 'Asia/Shanghai', cutOff: '06:00', parent: '' };
const entity = { __rl: true, mode: 'list', value: 'PLANT', cachedResultName: 'PLANT · Plant in Suzhou' };
test('look', async () => {
	const browser = await openChromium();
	const { url } = host().n8n;
	const context = await browser.newContext({ viewport: { width: 1280, height: 1300 }, locale: 'en-GB' });
	await context.request.post(`${url}/rest/login`, { data: { emailOrLdapLoginId: testOwner.email, password: testOwner.password } });
	const page: Page = await context.newPage();
	const { id } = await host().api.importWorkflow({
		name: 'Look',
		nodes: [
			{ id: 'start', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
			node('Save', 200, 0, { resource: 'calendar', operation: 'save', entities: { entity: [plant] }, by: 'ines.weber' }),
			node('Close', 400, 0, { resource: 'period', operation: 'close', entity, period: { __rl: true, mode: 'list', value: '2026-P03' }, by: 'ines.weber', reason: 'March is closed' }),
			node('Check', 600, 0, { resource: 'period', operation: 'checkPosting', entity, moment: '2026-03-31' }),
			node('Fresh', 600, 300, {}),
			node('Lock', 800, 300, { resource: 'period', operation: 'lock' }),
			node('Drift', 1000, 300, { resource: 'period', operation: 'findDrift' }),
			node('Grant', 1200, 300, { resource: 'period', operation: 'grantException', entity }),
			node('Audit', 1400, 300, { resource: 'period', operation: 'audit' }),
			node('SaveEmpty', 1600, 300, { resource: 'calendar', operation: 'save' }),
			{ ...node('Trigger', 0, 500, {}), type: 'n8n-nodes-erp-bridge.financeTrigger' },
		],
		connections: {
			Start: { main: [[{ node: 'Save', type: 'main', index: 0 }]] },
			Save: { main: [[{ node: 'Close', type: 'main', index: 0 }]] },
			Close: { main: [[{ node: 'Check', type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1' },
	});
	const editor = new Editor(page, url);
	await editor.openWorkflow(id);
	await page.getByTestId('execute-workflow-button').click();
	await editor.node('Check').getByTestId('canvas-node-status-success').waitFor({ timeout: 60_000 });
	await page.waitForTimeout(1500);
	await page.screenshot({ path: '/tmp/w/cal-canvas.png' });
	for (const name of ['Save', 'Close', 'Check', 'Fresh', 'Lock', 'Drift', 'Grant', 'Audit', 'SaveEmpty', 'Trigger']) {
		await editor.open(name);
		await page.waitForTimeout(1500);
		await page.screenshot({ path: `/tmp/w/cal-${name}.png` });
		if (name === 'Close') {
			await page.getByTestId('resource-locator-period').getByTestId('rlc-input').click();
			await page.waitForTimeout(1500);
			await page.screenshot({ path: `/tmp/w/cal-picker.png` });
			await page.keyboard.press('Escape');
		}
		await editor.closeNode().catch(() => undefined);
		if (await page.getByTestId('ndv').isVisible().catch(() => false)) await page.keyboard.press('Escape');
	}
	await browser.close();
}, 240_000);
