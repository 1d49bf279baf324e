import { readPolicy, ruleFor } from '../../../../core/sync/policy/syncPolicy';
import { trafficReport } from '../../../../core/sync/policy/trafficSummary';
import { noTraffic } from '../../../../core/store/syncTraffic';

const read =
	(entities: object, more: object = {}) =>
	() =>
		readPolicy('plants', { entities, ...more });

test.each([
	[
		'an unknown field',
		read({ partner: { sync: 'push', fields: ['phon'] } }),
		/partner has no field "phon"; it has code, name,/,
	],
	[
		'a field within a list that is not there',
		read({ salesOrder: { sync: 'push', fields: ['lines.0.unit'] } }),
		/salesOrder has no field "lines\.0\.unit"/,
	],
	[
		'an unknown entity',
		read({ customer: { sync: 'pull' } }),
		/there is no entity "customer"; known are salesOrder,/,
	],
	[
		'fields of what is not pushed',
		read({ item: { sync: 'pull', fields: ['name'] } }),
		/fields are for "push" only, and item is "pull"/,
	],
	['no field', read({ item: { sync: 'push', fields: [] } }), /entities\.item\.fields: name a field/],
	['an unknown way', read({ item: { sync: 'poll' } }), /entities\.item\.sync/],
	['a misspelt key', read({ item: { sync: 'pull', ttl: 5 } }), /"ttl"/],
	['a negative time to live', read({ item: { sync: 'pull', timeToLive: -1 } }), /entities\.item\.timeToLive/],
])('%s is refused by name', (_what, reading, named) => {
	expect(reading).toThrow(named);
	expect(reading).toThrow(/^The sync policy "plants" can't be used/);
});

test('all problems are told at once', () => {
	expect(read({ partner: { sync: 'push', fields: ['x'] }, customer: { sync: 'none' } })).toThrow(
		/"x".*"customer"/,
	);
});

test('an entity without a rule is read on demand, for as long as the policy says', () => {
	const policy = readPolicy('plants', {
		timeToLive: 60,
		entities: { salesOrder: { sync: 'push' }, item: { sync: 'pull', timeToLive: 5 } },
	});
	expect(ruleFor(policy, 'partner')).toEqual({ sync: 'pull', timeToLive: 60 });
	expect(ruleFor(policy, 'item')).toEqual({ sync: 'pull', timeToLive: 5 });
	expect(ruleFor(policy, 'salesOrder')).toEqual({ sync: 'push', timeToLive: 60 });
});

test('the saving is told in words, in both languages', () => {
	const traffic = new Map([
		[
			'salesOrder',
			{
				...noTraffic,
				eventsSent: 30,
				eventsKeptBack: 70,
				bytesSent: 25_000,
				bytesKeptBack: 75_000,
				fieldsKeptBack: 1_200,
			},
		],
		['partner', { ...noTraffic, reads: 50, requests: 1, fromCache: 9, shared: 40 }],
	]);
	const { total, entities, summary } = trafficReport('plants', traffic, 'en');
	expect(summary).toBe(
		'Traffic saved by the sync policy "plants": 70 of 100 events and 75 kB (75%) were not sent, with 1,200 fields. ' +
			'50 records read on demand took 1 request: 9 from the cache, 40 by a request of somebody else; 49 requests saved.',
	);
	expect(total).toMatchObject({ eventsKeptBack: 70, reads: 50 });
	expect(entities.map(({ entity }) => entity)).toEqual(['salesOrder', 'partner']);
	expect(trafficReport('工厂', traffic, 'zh-CN').summary).toMatch(
		/^同步策略“工厂”节省的流量：100 个事件中有 70 个无需发送.*节省 49 次请求。$/,
	);
	expect(trafficReport('new', new Map(), 'en').summary).toBe(
		'The sync policy "new" has not been used in this time.',
	);
});
