import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

import type { MailFaultPlan } from '../../sandbox/company/mail/faults';
import { until } from '../e2e/harness/until';
import { apiKey, quietCompany, type Fixture } from './sandboxFixture';

let fixture: Fixture;
let sockets: Socket[] = [];

beforeAll(async () => {
	fixture = await quietCompany({ page: true });
});
afterEach(() => {
	fixture.company.faults.smtp.reset();
	for (const socket of sockets) socket.destroy();
	sockets = [];
});
afterAll(async () => await fixture.close());

/** Answers of the server line by line, the last of each answer only. */
function dial(): { socket: Socket; answer: () => Promise<string | undefined> } {
	const { smtp } = fixture.company.addresses;
	const socket = connect(smtp.port, smtp.host);
	sockets.push(socket);
	const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
	const answer = async (): Promise<string | undefined> => {
		for (;;) {
			const { value, done } = await lines.next();
			if (done === true) return undefined;
			if (/^\d{3}( |$)/.test(value)) return value;
		}
	};
	return { socket, answer };
}

const signIn = (password: string) => `AUTH PLAIN ${Buffer.from(`\0n8n\0${password}`).toString('base64')}`;
const message = [
	'From: n8n <n8n@example.com>',
	'To: finance@example.com',
	'Subject: =?UTF-8?B?5beu5byC?=',
	'MIME-Version: 1.0',
	'Content-Type: multipart/mixed; boundary=b',
	'',
	'--b',
	'Content-Type: text/plain; charset=utf-8',
	'',
	'One deal differs.',
	'--b',
	'Content-Type: text/html; name=report.html',
	'Content-Disposition: attachment; filename=report.html',
	'Content-Transfer-Encoding: base64',
	'',
	Buffer.from('<script>alert(1)</script>').toString('base64'),
	'--b--',
	'.',
].join('\r\n');

/** The dialogue of RFC 5321 up to the first refusal; what the server said last. */
async function send(password = apiKey, to = 'finance@example.com'): Promise<string | undefined> {
	const { socket, answer } = dial();
	const steps = [
		'EHLO test',
		signIn(password),
		'MAIL FROM:<n8n@example.com>',
		`RCPT TO:<${to}>`,
		'DATA',
		message,
	];
	let last = await answer();
	for (const step of steps) {
		if (last === undefined || /^[45]/.test(last)) return last;
		socket.write(`${step}\r\n`);
		last = await answer();
	}
	return last;
}

const mails = () => fixture.company.mailbox.list();
const plan = (fault: MailFaultPlan['fault'], to = '') => fixture.company.faults.smtp.set({ fault, to });

test('a mail is kept with its text and attachments, and can be read over HTTP', async () => {
	expect(await send()).toMatch(/^250/);
	const { mail } = fixture.company.addresses;
	const headers = { 'x-api-key': apiKey };
	const list = (await (await fetch(`${mail}/api/mails?search=finance`, { headers })).json()) as {
		mails: Array<{ id: string }>;
	};
	expect(list.mails).toMatchObject([
		{
			from: 'n8n@example.com',
			to: ['finance@example.com'],
			subject: '差异',
			text: expect.stringContaining('One deal differs.'),
			attachments: [{ name: 'report.html', type: 'text/html', bytes: 25 }],
		},
	]);
	const path = `api/mails/${list.mails[0]?.id}/attachments/0`;
	const file = (await (await fetch(`${mail}/${path}`, { headers })).json()) as { base64: string };
	expect(Buffer.from(file.base64, 'base64').toString()).toBe('<script>alert(1)</script>');
	expect((await fetch(`${mail}/api/mails`)).status).toBe(401);
});

test('the page opens an attachment without running what is in it', async () => {
	const [mail] = mails();
	const answer = await fetch(`${fixture.company.addresses.page}/page/mails/${mail?.id}/attachments/0`);
	expect(answer.headers.get('content-type')).toContain('text/html');
	expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
});

test('a wrong password is refused', async () => {
	expect(await send('not-the-key')).toMatch(/^535/);
});

test('told to refuse, reject or bounce, it does, and keeps nothing that it did not deliver', async () => {
	const before = mails().length;
	plan('refuse');
	expect(await send()).toMatch(/^421/);
	plan('reject', 'nobody@');
	expect(await send(apiKey, 'nobody@example.com')).toMatch(/^550/);
	expect(mails()).toHaveLength(before);
	expect(await send()).toMatch(/^250/);
	plan('bounce');
	expect(await send()).toMatch(/^250/);
	expect(mails().slice(0, 2)).toMatchObject([
		{ to: ['n8n@example.com'], subject: expect.stringContaining('returned to sender: 差异') },
		{ to: ['finance@example.com'], status: 'bounced' },
	]);
});

test('told to hang, it takes the connection and says nothing until the fault is over', async () => {
	plan('hang');
	const silent = dial();
	let heard = false;
	silent.socket.once('data', () => (heard = true));
	await until('the connection to be taken', () => fixture.company.faults.smtp.state().hits === 1);
	plan('bounce', 'nobody@');
	// A client that comes later is served in full, and the first one has still not heard a word.
	expect(await send()).toMatch(/^250/);
	expect(heard).toBe(false);
});
