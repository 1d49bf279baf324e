import { AlertWatch, explainAlert, type AlertThreshold } from '../../../core/variance/alerts';

const finding = (key: string, atStake: string, more: object = {}) => ({
	key: [key],
	class: 'amount' as const,
	pending: false,
	atStake,
	age: 3,
	...more,
});
const crossed = (thresholds: AlertThreshold[], ...pieces: Array<Array<ReturnType<typeof finding>>>) => {
	const watch = new AlertWatch(thresholds);
	for (const piece of pieces) watch.add(piece);
	return watch.crossed();
};

test('each limit that is crossed is told with what was reached, and the deal where it is for one', () => {
	const told = crossed(
		[
			{ threshold: 'atStake', limit: '100' },
			{ threshold: 'finding', limit: '60.10' },
			{ threshold: 'findings', limit: '2' },
			{ threshold: 'age', limit: '30', class: 'amount' },
			{ threshold: 'age', limit: '31' },
			{ threshold: 'atStake', limit: '0', class: 'tax' },
		],
		[finding('A1', '60.1'), finding('A2', '60.2', { age: 31 })],
		[finding('A3', '0.01')],
	);
	expect(told).toEqual([
		{ threshold: 'atStake', limit: '100', value: '120.31' },
		{ threshold: 'finding', limit: '60.10', value: '60.2', key: ['A2'] },
		{ threshold: 'findings', limit: '2', value: '3' },
		{ threshold: 'age', limit: '30', class: 'amount', value: '31', key: ['A2'] },
	]);
	expect(told.map((alert) => explainAlert(alert, 'CNY', 'en'))).toEqual([
		'120.31 CNY at stake in all, above 100.00 CNY',
		'A2: 60.20 CNY at stake, above 60.10 CNY for one',
		'3 differences, more than 2',
		'A2 (Amount): 31 days old, more than 30',
	]);
	expect(told.map((alert) => explainAlert(alert, 'CNY', 'zh-CN'))[0]).toBe(
		'涉及金额合计 120.31 CNY，超过限额 100.00 CNY',
	);
});

test('what is reached exactly, was accepted or is not late yet crosses no limit', () => {
	const limits: AlertThreshold[] = [
		{ threshold: 'atStake', limit: '10' },
		{ threshold: 'findings', limit: '1' },
	];
	expect(
		crossed(limits, [
			finding('A1', '10'),
			finding('A2', '500', { state: 'accepted' }),
			finding('A3', '500', { pending: true }),
		]),
	).toEqual([]);
});
