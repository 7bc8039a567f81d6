import { MORE_PROBLEMS } from "./more-problems.test-support.ts";
import type { Problem } from "./problem.test-support.ts";

const HEAD = "#include <bits/stdc++.h>\nusing namespace std;\n";
const READ = 'const lines = require("fs").readFileSync(0, "utf8").split("\\n");\n';

/** All problems in a fixed order: rules are made on those of even position. */
export const PROBLEMS: readonly Problem[] = [
  {
    name: "rope",
    story:
      "A rope of n centimetres is cut into pieces of a or b centimetres with nothing left over. Print the largest number of pieces, or -1 if it cannot be done. 1 ≤ n, a, b ≤ 100000.",
    samples: [
      { input: "17 3 4", output: "5" },
      { input: "9982 31 57", output: "322" },
      { input: "7 5 3", output: "-1" },
    ],
    honest: [
      {
        language: "python",
        code: "n, a, b = map(int, input().split())\nbest = [-1] * (n + 1)\nbest[0] = 0\nfor i in range(1, n + 1):\n    for c in (a, b):\n        if i >= c and best[i - c] >= 0:\n            best[i] = max(best[i], best[i - c] + 1)\nprint(best[n])\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int main() {\n  int n, a, b;\n  cin >> n >> a >> b;\n  vector<int> best(n + 1, -1);\n  best[0] = 0;\n  for (int i = 1; i <= n; i++) {\n    for (int c : {a, b}) {\n      if (i >= c && best[i - c] >= 0) best[i] = max(best[i], best[i - c] + 1);\n    }\n  }\n  cout << best[n] << endl;\n  return 0;\n}\n`,
      },
    ],
  },
  {
    name: "fence",
    story:
      "Count the ways to paint n posts in k colours so that no three neighbours share a colour. Print the count modulo 1000000007. 1 ≤ n ≤ 200000, 1 ≤ k ≤ 100000.",
    samples: [
      { input: "1 5", output: "5" },
      { input: "3 2", output: "6" },
      { input: "412 739", output: "96713961" },
    ],
    honest: [
      {
        language: "python",
        code: "MOD = 1000000007\nn, k = map(int, input().split())\nif n == 1:\n    print(k % MOD)\nelse:\n    same = k\n    diff = k * (k - 1)\n    for _ in range(n - 2):\n        same, diff = diff % MOD, (same + diff) * (k - 1) % MOD\n    print((same + diff) % MOD)\n",
      },
      {
        language: "go",
        code: 'package main\n\nimport "fmt"\n\nconst mod = 1000000007\n\nfunc main() {\n\tvar n, k int\n\tfmt.Scan(&n, &k)\n\tif n == 1 {\n\t\tfmt.Println(k % mod)\n\t\treturn\n\t}\n\tsame, diff := k, k*(k-1)%mod\n\tfor i := 2; i < n; i++ {\n\t\tsame, diff = diff, (same+diff)*(k-1)%mod\n\t}\n\tfmt.Println((same + diff) % mod)\n}\n',
      },
    ],
  },
  {
    name: "mirror",
    story:
      'A word is a mirror if it reads the same backwards. Print "YES" if one letter can be changed to make the word a mirror, "NO" otherwise. At most 1000 lower-case letters.',
    samples: [
      { input: "abccaa", output: "YES" },
      { input: "abbcca", output: "NO" },
      { input: "qwertzu", output: "NO" },
    ],
    honest: [
      {
        language: "python",
        code: "s = input().strip()\nwrong = sum(1 for i in range(len(s) // 2) if s[i] != s[-1 - i])\nif wrong == 1 or (wrong == 0 and len(s) % 2 == 1):\n    print('YES')\nelse:\n    print('NO')\n",
      },
      {
        language: "javascript",
        code: `${READ}const s = lines[0].trim();\nlet wrong = 0;\nfor (let i = 0; i < s.length >> 1; i++) {\n  if (s[i] !== s[s.length - 1 - i]) wrong++;\n}\nconsole.log(wrong === 1 || (wrong === 0 && s.length % 2 === 1) ? "YES" : "NO");\n`,
      },
    ],
  },
  {
    name: "tolls",
    story:
      "The first line holds n, the number of gates, and the second n tolls. You may skip one gate for free but never two in a row. Print the least sum. 1 ≤ n ≤ 100000, tolls up to 1000000000.",
    samples: [
      { input: "5\n3 8 2 9 4", output: "9" },
      { input: "4\n120 45 871 333", output: "378" },
      { input: "1\n6", output: "0" },
    ],
    note: "In the first example gates 1, 3 and 5 are paid: 3 + 2 + 4 = 9.",
    honest: [
      {
        language: "python",
        code: "n = int(input())\na = list(map(int, input().split()))\npay, skip = 0, 0\nfor i, x in enumerate(a):\n    pay, skip = min(pay, skip) + x, pay\nprint(min(pay, skip))\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int main() {\n  ios::sync_with_stdio(false);\n  int n;\n  cin >> n;\n  long long pay = 0, skip = 0;\n  for (int i = 0; i < n; i++) {\n    long long x;\n    cin >> x;\n    long long next = min(pay, skip) + x;\n    skip = pay;\n    pay = next;\n  }\n  cout << min(pay, skip) << "\\n";\n}\n`,
      },
    ],
  },
  {
    name: "days",
    story:
      "Given a year and a month from 1 to 12, print how many days the month has. January, March, May, July, August, October and December have 31 days, April, June, September and November 30, February 28 or 29.",
    samples: [
      { input: "2024 2", output: "29" },
      { input: "1987 11", output: "30" },
    ],
    honest: [
      {
        language: "python",
        code: "y, m = map(int, input().split())\ndays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\nleap = y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)\nif m == 2 and leap:\n    print(29)\nelse:\n    print(days[m - 1])\n",
      },
      {
        language: "javascript",
        code: `${READ}const [y, m] = lines[0].split(" ").map(Number);\nconst leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;\nswitch (m) {\n  case 2:\n    console.log(leap ? 29 : 28);\n    break;\n  case 4:\n  case 6:\n  case 9:\n  case 11:\n    console.log(30);\n    break;\n  default:\n    console.log(31);\n}\n`,
      },
    ],
  },
  {
    name: "roman",
    story:
      "Turn a Roman number of at most 15 letters into decimal digits. I is 1, V is 5, X is 10, L is 50, C is 100, D is 500 and M is 1000; a smaller letter before a greater one is taken away.",
    samples: [
      { input: "XIV", output: "14" },
      { input: "MCMXCIX", output: "1999" },
      { input: "DCCLXXXVII", output: "787" },
    ],
    honest: [
      {
        language: "python",
        code: "value = {'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}\ns = input().strip()\ntotal = 0\nfor i, ch in enumerate(s):\n    v = value[ch]\n    if i + 1 < len(s) and value[s[i + 1]] > v:\n        total -= v\n    else:\n        total += v\nprint(total)\n",
      },
      {
        language: "go",
        code: "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tvar s string\n\tfmt.Scan(&s)\n\tvalue := map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}\n\ttotal := 0\n\tfor i := 0; i < len(s); i++ {\n\t\tif i+1 < len(s) && value[s[i+1]] > value[s[i]] {\n\t\t\ttotal -= value[s[i]]\n\t\t} else {\n\t\t\ttotal += value[s[i]]\n\t\t}\n\t}\n\tfmt.Println(total)\n}\n",
      },
    ],
  },
  {
    name: "stones",
    story:
      'Alice and Bob take 1, 3 or 4 stones from a heap of n by turns; who takes the last one wins. Alice begins. Print the winner, "Alice" or "Bob". There are t heaps, t ≤ 1000, n ≤ 10^9.',
    samples: [
      { input: "4\n1\n2\n7\n86413", output: "Alice\nBob\nBob\nAlice" },
      { input: "2\n9\n4", output: "Bob\nAlice" },
    ],
    honest: [
      {
        language: "python",
        code: "t = int(input())\nfor _ in range(t):\n    n = int(input())\n    if n % 7 == 0 or n % 7 == 2:\n        print('Bob')\n    else:\n        print('Alice')\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int main() {\n  int t;\n  cin >> t;\n  while (t--) {\n    long long n;\n    cin >> n;\n    int r = n % 7;\n    if (r == 0 || r == 2) cout << "Bob\\n";\n    else cout << "Alice\\n";\n  }\n}\n`,
      },
    ],
  },
  {
    name: "coins",
    story:
      "Pay n crowns with the fewest notes and coins. There are pieces of 1, 2, 5, 10, 20, 50, 100, 200, 500 and 1000 crowns. 1 ≤ n ≤ 10^9.",
    samples: [
      { input: "43", output: "4" },
      { input: "6789", output: "14" },
      { input: "1000", output: "1" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\ncount = 0\nfor c in [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1]:\n    count += n // c\n    n %= c\nprint(count)\n",
      },
      {
        language: "javascript",
        code: `${READ}let n = parseInt(lines[0]);\nconst coins = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];\nlet count = 0;\nfor (const c of coins) {\n  count += Math.floor(n / c);\n  n %= c;\n}\nconsole.log(count);\n`,
      },
    ],
  },
  {
    name: "rabbits",
    story:
      "A colony has F(1) = 1 and F(2) = 2 rabbits, and each month after as many as in the two months before it together. Print F(n) modulo 998244353. 1 ≤ n ≤ 1000000.",
    samples: [
      { input: "1", output: "1" },
      { input: "5", output: "8" },
      { input: "70", output: "319101270" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\nM = 998244353\nif n == 1:\n    print(1)\nelif n == 2:\n    print(2)\nelse:\n    a, b = 1, 2\n    for _ in range(n - 2):\n        a, b = b, (a + b) % M\n    print(b)\n",
      },
      {
        language: "go",
        code: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tvar n int\n\tfmt.Scan(&n)\n\ta, b := 1, 1\n\tfor i := 1; i < n; i++ {\n\t\ta, b = b, (a+b)%998244353\n\t}\n\tfmt.Println(b)\n}\n',
      },
    ],
  },
  {
    name: "grid",
    story:
      "A field of h rows and w columns has trees (#) and grass (.). Print the number of separate woods: trees that touch by a side belong to one. 1 ≤ h, w ≤ 500.",
    samples: [
      { input: "3 4\n#..#\n##..\n...#", output: "3" },
      { input: "2 5\n#.#.#\n#####", output: "1" },
    ],
    honest: [
      {
        language: "python",
        code: "import sys\nsys.setrecursionlimit(10**6)\nh, w = map(int, input().split())\ng = [list(input().strip()) for _ in range(h)]\nwoods = 0\nfor i in range(h):\n    for j in range(w):\n        if g[i][j] != '#':\n            continue\n        woods += 1\n        stack = [(i, j)]\n        g[i][j] = '.'\n        while stack:\n            y, x = stack.pop()\n            for dy, dx in [(0, 1), (1, 0), (0, -1), (-1, 0)]:\n                a, b = y + dy, x + dx\n                if 0 <= a < h and 0 <= b < w and g[a][b] == '#':\n                    g[a][b] = '.'\n                    stack.append((a, b))\nprint(woods)\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int h, w;\nvector<string> g;\nint dy[4] = {0, 1, 0, -1}, dx[4] = {1, 0, -1, 0};\nvoid fill(int y, int x) {\n  g[y][x] = '.';\n  for (int k = 0; k < 4; k++) {\n    int a = y + dy[k], b = x + dx[k];\n    if (a >= 0 && a < h && b >= 0 && b < w && g[a][b] == '#') fill(a, b);\n  }\n}\nint main() {\n  cin >> h >> w;\n  g.resize(h);\n  for (auto& r : g) cin >> r;\n  int woods = 0;\n  for (int i = 0; i < h; i++)\n    for (int j = 0; j < w; j++)\n      if (g[i][j] == '#') { woods++; fill(i, j); }\n  cout << woods << endl;\n}\n`,
      },
    ],
  },
  {
    name: "divisors",
    story: "Print how many numbers from 1 to n divide n. 1 ≤ n ≤ 10^12.",
    samples: [
      { input: "12", output: "6" },
      { input: "735134400", output: "1344" },
      { input: "1000003", output: "2" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\ncount = 0\ni = 1\nwhile i * i <= n:\n    if n % i == 0:\n        count += 1 if i * i == n else 2\n    i += 1\nprint(count)\n",
      },
      {
        language: "javascript",
        code: `${READ}const n = Number(lines[0]);\nlet count = 0;\nfor (let i = 1; i * i <= n; i++) {\n  if (n % i === 0) count += i * i === n ? 1 : 2;\n}\nconsole.log(count);\n`,
      },
    ],
  },
  {
    name: "levels",
    story:
      'A score from 0 to 100 gives a grade: 90 and more "gold", 75 and more "silver", 60 and more "bronze", else "none". The first line holds n ≤ 1000, the second n scores; print each grade on a line of its own.',
    samples: [
      { input: "4\n93 60 74 75", output: "gold\nbronze\nbronze\nsilver" },
      { input: "2\n0 100", output: "none\ngold" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\nfor s in map(int, input().split()):\n    if s >= 90:\n        print('gold')\n    elif s >= 75:\n        print('silver')\n    elif s >= 60:\n        print('bronze')\n    else:\n        print('none')\n",
      },
      {
        language: "go",
        code: 'package main\n\nimport "fmt"\n\nfunc grade(s int) string {\n\tswitch {\n\tcase s >= 90:\n\t\treturn "gold"\n\tcase s >= 75:\n\t\treturn "silver"\n\tcase s >= 60:\n\t\treturn "bronze"\n\t}\n\treturn "none"\n}\n\nfunc main() {\n\tvar n, s int\n\tfmt.Scan(&n)\n\tfor i := 0; i < n; i++ {\n\t\tfmt.Scan(&s)\n\t\tfmt.Println(grade(s))\n\t}\n}\n',
      },
    ],
  },
  ...MORE_PROBLEMS,
];
