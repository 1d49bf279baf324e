/** Name, the same in Latin letters, post, and the manager's number; numbers run from E1001 in this order. */
type Person = [name: string, latin: string, post: string, manager?: string];

/** The company's 60 people. */
export const people: Person[] = [
	['顾建国', 'Gu Jianguo', 'GM'],
	['何丽萍', 'He Liping', 'SAL-DIR', 'E1001'],
	['陈静', 'Chen Jing', 'SAL-SUP-E', 'E1002'],
	['黄志强', 'Huang Zhiqiang', 'SAL-SUP-S', 'E1002'],
	['罗晓燕', 'Luo Xiaoyan', 'SAL-SUP-W', 'E1002'],
	['朱国平', 'Zhu Guoping', 'WHS-MGR', 'E1001'],
	['马红梅', 'Ma Hongmei', 'PUR-MGR', 'E1001'],
	['林志远', 'Lin Zhiyuan', 'FIN-DIR', 'E1001'],
	['郭秀英', 'Guo Xiuying', 'HRM-MGR', 'E1001'],
	['高峰', 'Gao Feng', 'ITD-MGR', 'E1001'],
	['周敏', 'Zhou Min', 'FIN-SUP', 'E1008'],
	['孙伟', 'Sun Wei', 'WHS-SUP-E', 'E1006'],
	['徐娜', 'Xu Na', 'GM-AST', 'E1001'],
	['王芳', 'Wang Fang', 'SAL-REP-E', 'E1003'],
	['李强', 'Li Qiang', 'SAL-REP-E', 'E1003'],
	['张伟', 'Zhang Wei', 'SAL-REP-E', 'E1003'],
	['刘洋', 'Liu Yang', 'SAL-REP-E', 'E1003'],
	['杨柳', 'Yang Liu', 'SAL-REP-E', 'E1003'],
	['赵磊', 'Zhao Lei', 'SAL-REP-E', 'E1003'],
	['吴倩', 'Wu Qian', 'SAL-REP-S', 'E1004'],
	['梁文斌', 'Liang Wenbin', 'SAL-REP-S', 'E1004'],
	['谢婷', 'Xie Ting', 'SAL-REP-S', 'E1004'],
	['邓超群', 'Deng Chaoqun', 'SAL-REP-S', 'E1004'],
	['冯雪', 'Feng Xue', 'SAL-REP-S', 'E1004'],
	['曾明', 'Zeng Ming', 'SAL-REP-W', 'E1005'],
	['彭飞', 'Peng Fei', 'SAL-REP-W', 'E1005'],
	['蒋欣', 'Jiang Xin', 'SAL-REP-W', 'E1005'],
	['唐磊', 'Tang Lei', 'SAL-REP-W', 'E1005'],
	['许晴', 'Xu Qing', 'SAL-OPS', 'E1002'],
	['韩梅', 'Han Mei', 'SAL-OPS', 'E1002'],
	['曹军', 'Cao Jun', 'WHS-OPR', 'E1012'],
	['袁立', 'Yuan Li', 'WHS-OPR', 'E1012'],
	['邹平', 'Zou Ping', 'WHS-OPR', 'E1012'],
	['沈浩', 'Shen Hao', 'WHS-OPR', 'E1012'],
	['熊斌', 'Xiong Bin', 'WHS-OPR', 'E1012'],
	['秦刚', 'Qin Gang', 'WHS-OPR', 'E1012'],
	['白雪松', 'Bai Xuesong', 'WHS-OPR', 'E1012'],
	['江涛', 'Jiang Tao', 'WHS-OPR', 'E1006'],
	['尹航', 'Yin Hang', 'WHS-OPR', 'E1006'],
	['常乐', 'Chang Le', 'WHS-OPR', 'E1006'],
	['武强', 'Wu Qiang', 'WHS-OPR', 'E1006'],
	['贺勇', 'He Yong', 'WHS-OPR', 'E1006'],
	['龚雪', 'Gong Xue', 'PUR-BUY', 'E1007'],
	['文静', 'Wen Jing', 'PUR-BUY', 'E1007'],
	['庞博', 'Pang Bo', 'PUR-BUY', 'E1007'],
	['樊华', 'Fan Hua', 'PUR-BUY', 'E1007'],
	['兰月', 'Lan Yue', 'PUR-BUY', 'E1007'],
	['殷桃', 'Yin Tao', 'FIN-ACC', 'E1011'],
	['施敏', 'Shi Min', 'FIN-ACC', 'E1011'],
	['陶然', 'Tao Ran', 'FIN-ACC', 'E1011'],
	['洪亮', 'Hong Liang', 'FIN-ACC', 'E1011'],
	['翟颖', 'Zhai Ying', 'FIN-CSH', 'E1011'],
	['安妮', 'An Ni', 'FIN-CSH', 'E1011'],
	['颜丹', 'Yan Dan', 'HRM-SPC', 'E1009'],
	['倪虹', 'Ni Hong', 'HRM-SPC', 'E1009'],
	['严宽', 'Yan Kuan', 'ITD-ADM', 'E1010'],
	['牛犇', 'Niu Ben', 'ITD-ADM', 'E1010'],
	['温岚', 'Wen Lan', 'ITD-DEV', 'E1010'],
	['芦苇', 'Lu Wei', 'ITD-DEV', 'E1010'],
	['季节', 'Ji Jie', 'ITD-DEV', 'E1010'],
];

/** Warehouse operators work without a user of their own, but for those whom this names. */
export const operatorsWithUser = ['Cao Jun', 'Jiang Tao'];
/** Away, and gone before the company's first day here. */
export const onLeave = { number: 'E1018', monthsAgo: 2, untilMonths: 4 };
export const left = [
	{ number: 'E1047', monthsAgo: 1 },
	{ number: 'E1030', monthsAgo: 7 },
];
/** Who came to the present post lately, and where from: a buyer who was a sales representative, for one. */
export const moved = [
	{ number: 'E1046', monthsAgo: 3, from: { department: 'SAL-E', position: 'SAL-REP-E', rank: 3 } },
	{ number: 'E1012', monthsAgo: 5, from: { department: 'WHS', position: 'WHS-OPR', rank: 2 } },
	{ number: 'E1011', monthsAgo: 8, from: { department: 'FIN', position: 'FIN-ACC', rank: 4 } },
];
