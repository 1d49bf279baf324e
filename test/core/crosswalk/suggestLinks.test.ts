import * as fc from 'fast-check';

import { suggestLinks, type LinkCandidate, type LinkSuggestion } from '../../../core/crosswalk/suggestLinks';
import { catalogue } from '../../../sandbox/company/catalogue/items';

const suggested = (suggestions: LinkSuggestion[]) =>
	suggestions.flatMap((one) => (one.status === 'suggested' ? [[one.first, one.second]] : []));

describe('suggested links', () => {
	test('follow the bar code, in whatever length a system keeps it', () => {
		const [suggestion] = suggestLinks(
			[{ code: 'A1', name: 'Gel pen', gtin: '036000291452' }],
			[
				{ code: 'W9', name: 'Stylo noir', gtin: '00036000291452' },
				{ code: 'W8', name: 'Gel pencil', gtin: '6291041500213' },
			],
		);
		expect(suggestion).toEqual({
			status: 'suggested',
			first: 'A1',
			second: 'W9',
			confidence: 0.98,
			evidence: ['gtin'],
		});
	});

	test('follow code and name where there is no bar code', () => {
		const [suggestion] = suggestLinks(
			[{ code: 'fur-bo/1337', name: 'Two-shelf bookcase' }],
			[{ code: 'FURBO1337', name: 'Bookcase, two shelf' }],
		);
		expect(suggestion).toMatchObject({ status: 'suggested', evidence: ['similarCode', 'similarName'] });
	});

	test('are left to a person when two records carry one bar code', () => {
		const [suggestion] = suggestLinks(
			[{ code: 'A1', gtin: '6291041500213' }],
			[
				{ code: 'W1', gtin: '6291041500213' },
				{ code: 'W2', gtin: '6291041500213' },
			],
		);
		expect(suggestion).toMatchObject({
			status: 'review',
			why: 'ambiguous',
			candidates: [{ code: 'W1' }, { code: 'W2' }],
		});
	});

	test('are left to a person when the names agree and the bar codes do not', () => {
		const [suggestion] = suggestLinks(
			[{ code: 'A1', name: '黑色中性笔', gtin: '6291041500213' }],
			[{ code: 'A1', name: '黑色中性笔', gtin: '9780306406157' }],
			{ reviewFrom: 0.2 },
		);
		expect(suggestion).toMatchObject({ status: 'review', why: 'weak' });
	});

	test("find the sandbox company's items by bar code, all of them", () => {
		const erp = catalogue.map(({ code, gtin, names }) => ({ code, gtin, name: names.en }));
		const wms = catalogue.map(({ sku, gtin, names }) => ({ code: sku, gtin, name: names['zh-CN'] }));
		expect(suggested(suggestLinks(erp, wms))).toEqual(catalogue.map(({ code, sku }) => [code, sku]));
	});

	test("are never wrong for the sandbox company's items by Chinese name alone, and none of them goes missing", () => {
		const erp = catalogue.map(({ code, names }) => ({ code, name: names['zh-CN'] }));
		const wms = catalogue.map(({ sku, names }) => ({ code: sku, name: names['zh-CN'] }));
		const skuOf = new Map(catalogue.map(({ code, sku }) => [code, sku]));
		const results = suggestLinks(erp, wms, { suggestFrom: 0.8 });
		for (const [first = '', second] of suggested(results)) expect(skuOf.get(first)).toBe(second);
		expect(suggested(results).length).toBeGreaterThan(30);
		for (const one of results) {
			if (one.status === 'review') {
				expect(one.candidates.map(({ code }) => code)).toContain(skuOf.get(one.first));
			} else expect(one.status).toBe('suggested');
		}
	});

	test('take 3,000 records on each side within seconds', () => {
		const records = (prefix: string): LinkCandidate[] =>
			Array.from({ length: 3_000 }, (_, index) => ({
				code: `${prefix}${index}`,
				name: `Steel bolt M${index % 40} x ${index}, zinc`,
			}));
		const started = process.cpuUsage();
		const results = suggestLinks(records('A'), records('B'), { suggestFrom: 0.8 });
		expect(suggested(results).length + results.filter(({ status }) => status === 'review').length).toBe(
			3_000,
		);
		expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20);
	});
});

describe('for any records', () => {
	const word = fc.constantFrom('pen', 'gel', 'black', 'A4', '纸', '复印纸', 'box', '12');
	const record = fc.record(
		{
			code: fc.constantFrom('A1', 'a-1', 'B2', 'B-2', 'C3', 'D4', 'E5', '…'),
			name: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
			gtin: fc.constantFrom('036000291452', '00036000291452', '6291041500213', '9780306406157'),
			attributes: fc.dictionary(fc.constantFrom('brand', 'unit'), fc.constantFrom('H87', 'XCT')),
		},
		{ requiredKeys: ['code'] },
	);
	const side = fc.uniqueArray(record, { selector: ({ code }) => code, maxLength: 8 });

	test('each record has one outcome, and no record is suggested twice', () => {
		fc.assert(
			fc.property(side, side, (first, second) => {
				const results = suggestLinks(first, second);
				expect(results.map((one) => one.first)).toEqual(first.map(({ code }) => code));
				const targets = suggested(results).map(([, target]) => target);
				expect(new Set(targets).size).toBe(targets.length);
				for (const one of results) {
					const pairs = one.status === 'suggested' ? [one] : one.status === 'review' ? one.candidates : [];
					for (const { confidence, evidence } of pairs) {
						expect(confidence).toBeGreaterThanOrEqual(one.status === 'suggested' ? 0.85 : 0.4);
						expect(confidence).toBeLessThanOrEqual(1);
						expect(evidence).not.toEqual([]);
					}
				}
			}),
		);
	});

	test('neither the order of the records nor which side comes first changes a suggestion', () => {
		fc.assert(
			fc.property(side, side, (first, second) => {
				const pairs = suggested(suggestLinks(first, second)).toSorted();
				const reordered = suggestLinks(first.toReversed(), second.toReversed());
				expect(suggested(reordered).toSorted()).toEqual(pairs);
				const swapped = suggested(suggestLinks(second, first)).map(([a, b]) => [b, a]);
				expect(swapped.toSorted()).toEqual(pairs);
			}),
		);
	});
});
