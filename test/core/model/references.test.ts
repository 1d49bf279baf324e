import { Gtin, Key, SystemName } from '../../../core/model/references';

// The example numbers of the GS1 check digit description (General Specifications, 7.9.1) and of ISBN-13 and EAN-8 practice.
test.each(['6291041500213', '9780306406157', '73513537', '036000291452', '10614141000415'])(
	'GTIN %s has a right check digit',
	(gtin) => {
		expect(Gtin.safeParse(gtin).success).toBe(true);
	},
);

test.each(['6291041500214', '9780306406175', '123', '62910415002131', 'ABCDEFGH'])(
	'GTIN %s is refused',
	(gtin) => {
		expect(Gtin.safeParse(gtin).success).toBe(false);
	},
);

test('a key has no outer spaces and no control characters, whatever its script', () => {
	expect(Key.safeParse('订单-1001/A').success).toBe(true);
	for (const key of ['', ' SO-1', 'SO-1 ', 'SO\n1', 'SO\u00001', 'x'.repeat(201)]) {
		expect(Key.safeParse(key).success).toBe(false);
	}
});

test('a system name fits a topic level', () => {
	expect(SystemName.safeParse('sandbox-erp').success).toBe(true);
	for (const name of ['ERP', 'a/b', '-a', 'a-', 'a+b', ''])
		expect(SystemName.safeParse(name).success).toBe(false);
});
