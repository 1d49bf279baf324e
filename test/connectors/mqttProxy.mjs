/** A CONNECT proxy for one user, in a process of its own; mqttGateway.ts starts it and asks it over IPC. */
import { RequestError, Server } from 'proxy-chain';

const user = JSON.parse(process.env.PROXY_USER ?? '{}');
const tunnels = [];
/** plain requests that went through without a tunnel */
const requests = [];
let refusal = 0;

const server = new Server({
	port: 0,
	host: '127.0.0.1',
	prepareRequestFunction: ({ username, password, hostname, port, isHttp }) => {
		const known = username === user.username && password === user.password;
		if (!known) return { requestAuthentication: true };
		(isHttp ? requests : tunnels).push(`${hostname}:${port}`);
		if (refusal !== 0) throw new RequestError('refused', refusal);
		return {};
	},
});
process.on('message', ({ refuse }) => {
	if (refuse !== undefined) refusal = refuse;
	process.send({ tunnels, requests });
});
process.on('disconnect', () => process.exit());
await server.listen();
process.send({ port: server.port });
