import { checkGtin } from '../../../core/model/gtin';

describe('a GTIN', () => {
	// Published samples: the GS1 check digit page's, ISBN 0-306-40615-2 as EAN-13, a UPC-A and an EAN-8.
	test.each([
		['6291041500213', 'GTIN-13', '06291041500213'],
		['9780306406157', 'GTIN-13', '09780306406157'],
		['036000291452', 'GTIN-12', '00036000291452'],
		['73513537', 'GTIN-8', '00000073513537'],
		['4 006381-333931', 'GTIN-13', '04006381333931'],
	])('%s is a valid %s', (written, format, gtin14) => {
		expect(checkGtin(written)).toMatchObject({ valid: true, format, gtin14 });
	});

	test('with a wrong check digit says which one it should be', () => {
		expect(checkGtin('6291041500214')).toEqual({
			gtin: '6291041500214',
			valid: false,
			problem: 'has a wrong check digit',
			format: 'GTIN-13',
			checkDigit: '3',
		});
	});

	test.each(['', '12345', 'W1-4100', '62910415002131234'])('"%s" is none', (written) => {
		const check = checkGtin(written);
		expect(check.valid).toBe(false);
		expect(check.problem).toContain('must have 8, 12, 13 or 14 digits');
		expect(check.checkDigit).toBeUndefined();
	});
});
