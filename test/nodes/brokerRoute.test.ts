import { environmentProxy } from '../../nodes/shared/brokerRoute';

const target = { host: 'broker.plant.example', port: 443 };

describe('the proxy that the environment names', () => {
	test.each([
		['wss', { HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
		['wss', { https_proxy: 'http://proxy:3128' }, 'http://proxy:3128'],
		['wss', { HTTPS_PROXY: 'proxy:3128' }, 'http://proxy:3128'],
		['wss', { ALL_PROXY: 'https://proxy' }, 'https://proxy'],
		['ws', { HTTP_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
		['ws', { HTTPS_PROXY: 'http://proxy:3128' }, undefined],
		['wss', {}, undefined],
		['wss', { HTTPS_PROXY: '' }, undefined],
	] as const)('for %s with %o', (scheme, environment, url) => {
		expect(environmentProxy(scheme, target, environment)?.url).toBe(url);
	});

	test('brings its sign-in', () => {
		expect(environmentProxy('wss', target, { HTTPS_PROXY: 'http://plant:p%40ss@proxy:3128' })).toEqual({
			url: 'http://proxy:3128',
			username: 'plant',
			password: 'p@ss',
		});
	});

	test.each([
		['*', true],
		['broker.plant.example', true],
		['.plant.example', true],
		['*.plant.example', true],
		['plant.example', true],
		['localhost, BROKER.plant.example', true],
		['broker.plant.example:443', true],
		['broker.plant.example:8084', false],
		['lant.example', false],
		['other.example', false],
		['', false],
	])('NO_PROXY %p', (list, exempt) => {
		const found = environmentProxy('wss', target, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: list });
		expect(found === undefined).toBe(exempt);
	});

	test('that is no address is refused without repeating it, since it may hold a password', () => {
		const attempt = () => environmentProxy('wss', target, { HTTPS_PROXY: 'http://plant:secret@:x' });
		expect(attempt).toThrow(/HTTPS_PROXY/);
		expect(attempt).not.toThrow(/secret/);
	});
});
