import { axiosTransport } from '../../connectors/http/axiosTransport';
import { SandboxApprovals } from '../../connectors/sandbox/approvals/sandboxApprovals';
import { SandboxHr } from '../../connectors/sandbox/sandboxHr';
import { mailHandshake } from '../../connectors/smtp/handshake';
import type { Diagnosis } from '../../core/approvals/finding';
import { diagnoseDocuments, readPicture } from '../../core/approvals/gather';
import { groupByCause } from '../../core/approvals/rootCauses';
import type { HttpTransport } from '../../core/ports/httpTransport';
import { random } from '../../sandbox/demo/random';
import { apiKey, openScene, type Scene } from './scene';

/** So many documents that wait at five steps, of which three have something wrong; and how many requests a tenth of them takes. */
export async function manyWaiting(seeded: string, documents: number) {
	const tenth = await measured(seeded, Math.round(documents / 10));
	const all = await measured(seeded, documents);
	return { ...all, documents, ratio: Math.round((all.requests / tenth.requests) * 100) / 100 };
}

const steps = ['finance', 'sales-east', 'sales-south', 'sales-west', 'director'];
const expected: Record<string, string | undefined> = {
	finance: 'bindingMissing',
	'sales-south': 'approverOnLeave',
	'sales-west': 'stepInactive',
};

async function measured(seeded: string, documents: number) {
	const scene = await openScene(seeded, random(7));
	try {
		fill(scene, documents);
		const plain = axiosTransport();
		let requests = 0;
		const transport: HttpTransport = async (request) => {
			requests += 1;
			return await plain(request);
		};
		const { erp, hr } = scene.company.addresses;
		const started = performance.now();
		const approvals = new SandboxApprovals({ url: erp, apiKey, transport });
		const { picture } = await readPicture({
			approvals,
			hr: new SandboxHr({ url: hr, apiKey, transport }),
			handshake: async (server) => await mailHandshake(server, 2_000),
			now: new Date().toISOString(),
		});
		const diagnoses: Diagnosis[] = [];
		for await (const page of approvals.waiting())
			diagnoses.push(...(await diagnoseDocuments(page, approvals, picture)));
		const groups = groupByCause(diagnoses);
		const seconds = Math.round(performance.now() - started) / 1_000;
		plain.close();
		const miscalled = diagnoses.filter(
			({ document: { step = '' }, rootCause }) => rootCause?.code !== expected[step],
		).length;
		return { requests, seconds, causes: groups.length, miscalled: miscalled + documents - diagnoses.length };
	} finally {
		await scene.close();
	}
}

function fill({ company: { approvals, hr } }: Scene, documents: number): void {
	const { records } = approvals;
	const now = new Date().toISOString();
	const flow = records.get('flows', 'sales-order');
	const bindings = records.all('bindings');
	records.transaction(() => {
		for (let index = 0; index < documents; index += 1) {
			const id = `MANY-${String(index).padStart(6, '0')}`;
			const step = steps[index % steps.length] ?? '';
			const position = flow?.steps.find((one) => one.id === step)?.approver ?? '';
			const user = bindings.find((one) => one.position === position)?.user ?? '';
			records.put('documents', {
				id,
				number: id,
				amount: '1000.50',
				currency: 'CNY',
				branch: 'east',
				customer: { code: 'C-1001', name: 'A customer' },
				submittedBy: 'han.mei',
				submittedAt: now,
				status: 'waiting',
				step,
				waitingSince: now,
			});
			if (expected[step] !== undefined) continue;
			records.put('tasks', {
				id: `T-${id}`,
				document: id,
				step,
				position,
				user,
				status: 'open',
				createdAt: now,
			});
			records.put('messages', {
				id: `M-${id}`,
				document: id,
				task: `T-${id}`,
				user,
				to: 'someone@sandbox.example',
				status: 'sent',
				madeAt: now,
				attempts: 1,
			});
		}
		const finance = bindings.find(({ position }) => position === 'FINANCE_SUPERVISOR');
		if (finance !== undefined) records.remove('bindings', finance.id);
		records.put('flows', {
			...flow,
			steps: flow?.steps.map((one) => (one.id === 'sales-west' ? { ...one, active: false } : one)),
		});
	});
	hr.startLeave('E1004', {});
}
