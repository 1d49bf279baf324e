import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { cedarEngine } from '../../../core/access/decisions/cedarEngine';
import {
	MalformedPoliciesError,
	MalformedRequestError,
	type AccessRequest,
	type PolicySet,
} from '../../../core/access/decisions/engine';

const policies: PolicySet = {
	staticPolicies: {
		senior: 'permit(principal, action, resource) when { principal.rank >= 5 };',
		own: 'permit(principal, action, resource) when { resource.owner == principal };',
		leaver: 'forbid(principal, action, resource) when { principal.state == "left" };',
		broken: 'forbid(principal, action, resource) when { principal.nothing == 1 };',
	},
	templates: { trusted: 'permit(principal == ?principal, action, resource);' },
	templateLinks: [
		{ templateId: 'trusted', newId: 'trust E-9', values: { '?principal': { type: 'Employee', id: 'E-9' } } },
	],
};

const request = (id: string, attrs: AccessRequest['context'], context: AccessRequest['context'] = {}) => ({
	principal: { type: 'Employee', id },
	action: { type: 'Action', id: 'price.change' },
	resource: { type: 'Price', id: 'P-1' },
	context,
	entities: [
		{ uid: { type: 'Employee', id }, attrs, parents: [] },
		{
			uid: { type: 'Price', id: 'P-1' },
			attrs: { owner: { __entity: { type: 'Employee', id: 'E-1' } } },
			parents: [],
		},
	],
});

test('the engine says what cedar-wasm says when it reads policies and request anew', () => {
	const engine = cedarEngine(policies);
	for (const asked of [
		request('E-1', { rank: 6, state: 'active' }),
		request('E-1', { rank: 1, state: 'active' }),
		request('E-2', { rank: 1, state: 'active' }),
		request('E-2', { rank: 6, state: 'left' }),
		request('E-9', { rank: 1, state: 'active' }),
		request('E-2', {}),
	]) {
		const answer = cedar.isAuthorized({ ...asked, policies: policies as cedar.PolicySet });
		if (answer.type !== 'success') throw new Error('Cedar did not decide.');
		const { decision, diagnostics } = answer.response;
		const { outcome, determining, errors } = engine.decide(asked);
		expect(outcome).toBe(decision === 'allow' ? 'permit' : 'deny');
		expect(determining).toEqual(diagnostics.reason.toSorted());
		expect(errors).toEqual(
			diagnostics.errors
				.map(({ policyId, error }) => ({ policy: policyId, message: error.message }))
				.toSorted((a, b) => (a.policy < b.policy ? -1 : 1)),
		);
	}
});

test('many engines keep their policies apart', () => {
	const asked = request('E-2', { rank: 5 });
	const built = Array.from({ length: 50 }, (_, index) =>
		cedarEngine({
			staticPolicies: { [`p${index}`]: 'permit(principal, action, resource) when { principal.rank >= 5 };' },
		}),
	);
	for (let round = 0; round < 2; round += 1)
		built.forEach((engine, index) => expect(engine.decide(asked).determining).toEqual([`p${index}`]));
});

test('what is no policy, and what is no request, is refused', () => {
	expect(() => cedarEngine({ staticPolicies: { a: 'permit(' } })).toThrow(MalformedPoliciesError);
	const engine = cedarEngine(policies);
	const wrong: Array<AccessRequest['context']> = [
		{ ip: { __extn: { fn: 'ip', arg: '::ffff:1.2.3.4' } } },
		{ amount: 1.5 },
		{ big: 10n as never },
	];
	for (const context of wrong)
		expect(() => engine.decide(request('E-1', {}, context))).toThrow(MalformedRequestError);
	expect(engine.decide(request('E-9', { rank: 1, state: 'active' })).outcome).toBe('permit');
});

/** In a process of its own: Jest keeps modules in a way in which one cannot be loaded anew. */
test('goes on with its policies after a request has broken the module', () => {
	const engineFile = join(__dirname, '../../../core/access/decisions/cedarEngine.ts');
	const program = `
		const { cedarEngine } = require(${JSON.stringify(engineFile)});
		const engine = cedarEngine({ staticPolicies: { all: 'permit(principal, action, resource);' } });
		let deep = 1;
		for (let level = 0; level < 100000; level += 1) deep = [deep];
		const uid = (type) => ({ type, id: 'x' });
		const asked = (context) => ({ principal: uid('E'), action: uid('Action'), resource: uid('R'), context, entities: [] });
		try { engine.decide(asked({ deep })); console.log('decided'); } catch (error) { console.log(error.name); }
		console.log(engine.decide(asked({})).outcome);`;
	const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', program], {
		encoding: 'utf8',
		cwd: join(__dirname, '../../..'),
	});
	expect({ lines: stdout.trim().split('\n'), stderr }).toEqual({
		lines: ['MalformedRequestError', 'permit'],
		stderr: '',
	});
});

/** How much stack is left depends on who calls, and on the release of Node: n8n's images bring their own. */
test('a policy is read or refused, and the next one is read, however little stack is left', () => {
	const textFile = join(__dirname, '../../../core/access/policies/cedarText.ts');
	const program = `
		const { readPolicyText } = require(${JSON.stringify(textFile)});
		// Each is another text: what was read before is remembered.
		const text = (body) => (share) => 'permit(principal, action, resource) when { ' + body + ' }; // ' + share;
		const deep = text('('.repeat(90) + 'true' + ')'.repeat(90));
		let frames = 0;
		const below = (left, work) => { frames += 1; return left === 0 ? work() : below(left - 1, work); };
		try { below(Infinity); } catch {}
		const most = frames;
		const answers = new Set();
		// Frames become smaller while they are compiled, so the end of the stack is found by going there.
		for (let share = 0, isLeft = true; isLeft; share += 0.02) {
			try {
				const answer = below(Math.floor(most * share), () => readPolicyText('deep', deep(share)));
				answers.add('json' in answer ? 'read' : answer.problems[0].message);
			} catch (error) {
				isLeft = false;
				if (error.name !== 'RangeError') answers.add(error.message);
			}
			if (!('json' in readPolicyText('next', text('true')(share)))) answers.add('broken');
		}
		console.log([...answers].join('|'));`;
	const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', program], {
		encoding: 'utf8',
		cwd: join(__dirname, '../../..'),
	});
	expect({ answers: stdout.trim().split('|'), stderr }).toEqual({
		answers: ['read', 'The policies or the request are nested too deeply for Cedar.'],
		stderr: '',
	});
});
