import { AccessInsights } from '../../nodes/AccessInsights/AccessInsights.node';
import { runItems } from './nodeContext';

const node = new AccessInsights();
const check = {
	resource: 'review',
	operation: 'check',
	administratorLimit: 1,
	unusedDays: 90,
	language: 'zh-CN',
	checkPolicies: false,
	options: {},
};
const graph = {
	resource: 'graph',
	operation: 'create',
	logFrom: 'items',
	peopleFrom: 'nowhere',
	period: 'own',
	from: '2026-03-01',
	to: '2026-03-31',
	timeZone: 'UTC',
	language: 'en',
	binaryPropertyName: 'report',
	workbookPropertyName: 'workbook',
	options: {},
};
const right = (person: string, name: string) => ({ system: 'erp', account: person, person, right: name });

test('a review gives each finding with its sentence, and the figures beside', async () => {
	const [findings = [], summary = []] = await runItems(node, check, [
		right('E1', 'Administrator'),
		right('E2', 'Administrator'),
		right('E3', 'supplier.create'),
		right('E3', 'payment.release'),
	]);
	expect(findings.map(({ json }) => `${String(json.kind)} ${String(json.holder)}`)).toEqual([
		'superAdministrator E1',
		'superAdministrator E2',
		'dutyConflict E3',
	]);
	expect(findings[2]?.json.explanation).toContain('E3 同时可以维护供应商并付款');
	expect(summary[0]?.json).toMatchObject({ superAdministrators: 2, isAboveLimit: true, dutyConflicts: 1 });
});

test('rules for duties of one’s own take the place of those that come along', async () => {
	const dutyRules = JSON.stringify([
		{ id: 'own', name: { en: 'a and b', zh: '甲乙' }, risk: 'high', first: ['right a'], second: ['right b'] },
	]);
	const [findings = []] = await runItems(node, { ...check, options: { dutyRules } }, [
		right('E3', 'supplier.create'),
		right('E3', 'payment.release'),
		right('E4', 'Right A'),
		right('E4', 'right_b'),
	]);
	expect(findings.map(({ json }) => `${String(json.rule)} ${String(json.holder)}`)).toEqual(['own E4']);
});

test('a list that is no JSON is refused by the name of its field', async () => {
	const broken = '[{ "id": "E1" ';
	await expect(
		runItems(node, { ...check, options: { dutyRules: broken } }, [right('E1', 'a')]),
	).rejects.toThrow('The field "Duties to Keep Apart (JSON)" is no JSON.');
	await expect(runItems(node, { ...graph, peopleFrom: 'list', people: broken }, [{ at: 0 }])).rejects.toThrow(
		'The field "People (JSON)" is no JSON.',
	);
});

test('what is no right, and what is no line of a log, ends the run with its number', async () => {
	await expect(runItems(node, check, [right('E1', 'a'), { person: 'E2' }])).rejects.toThrow(
		'Item 1 is no right',
	);
	const line = { at: '2026-03-02T08:00:00Z', person: 'E1', operation: 'a', outcome: 'permit' };
	await expect(runItems(node, graph, [line, { ...line, outcome: 'perhaps' }])).rejects.toThrow(
		/Item 1 is no line of a log.*outcome/,
	);
});
