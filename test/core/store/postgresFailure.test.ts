import { failureOf } from '../../../core/store/postgresFailure';

/** SQLSTATEs from PostgreSQL's documentation, appendix A, and system error codes as Node reports them. */
describe('A failure of PostgreSQL', () => {
	test.each([
		['40001', 'passing', false],
		['40P01', 'passing', false],
		['57P01', 'passing', true],
		['57P03', 'passing', true],
		['08006', 'passing', true],
		['53300', 'passing', false],
		['25006', 'passing', false],
		['ECONNRESET', 'passing', true],
		['ECONNREFUSED', 'passing', true],
		['53100', 'lasting', false],
		['55P03', 'lasting', false],
		['28P01', 'lasting', false],
		['3D000', 'lasting', false],
		['42501', 'lasting', false],
		['23505', 'refused', false],
		['42P01', 'refused', false],
		['22P02', 'refused', false],
		['08P01', 'refused', false],
	])('%s is %s', (code, kind, connectionLost) => {
		const failure = failureOf(Object.assign(new Error('the reason'), { code }));
		expect(failure).toMatchObject({ kind, connectionLost, reason: 'the reason' });
	});

	test('that comes without a code is a lost connection', () => {
		expect(failureOf(new Error('Connection terminated unexpectedly'))).toMatchObject({
			kind: 'passing',
			connectionLost: true,
		});
	});

	test('that has only a code is named by it', () => {
		expect(failureOf(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })).reason).toBe(
			'ECONNREFUSED',
		);
	});
});
