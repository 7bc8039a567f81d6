import type { Problem } from "./problem.test-support.ts";

const HEAD = "#include <bits/stdc++.h>\nusing namespace std;\n";
const READ = 'const lines = require("fs").readFileSync(0, "utf8").split("\\n");\n';

/** The second half of the problems. */
export const MORE_PROBLEMS: readonly Problem[] = [
  {
    name: "pairs",
    story:
      "Count the pairs i < j of an array of n whole numbers whose sum is x. The first line holds n and x, the second the array. n ≤ 200000, |x| ≤ 10^9.",
    samples: [
      { input: "5 8\n1 7 4 4 4", output: "4" },
      { input: "6 -14\n-20 6 -7 -7 3 11", output: "2" },
      { input: "3 5\n1 1 1", output: "0" },
    ],
    honest: [
      {
        language: "python",
        code: "from collections import defaultdict\nn, x = map(int, input().split())\nseen = defaultdict(int)\ntotal = 0\nfor v in map(int, input().split()):\n    total += seen[x - v]\n    seen[v] += 1\nprint(total)\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int main() {\n  int n, x;\n  scanf("%d %d", &n, &x);\n  map<int, long long> seen;\n  long long total = 0;\n  for (int i = 0; i < n; i++) {\n    int v;\n    scanf("%d", &v);\n    total += seen[x - v];\n    seen[v]++;\n  }\n  printf("%lld\\n", total);\n  return 0;\n}\n`,
      },
    ],
  },
  {
    name: "caesar",
    story:
      "Shift each letter of a text by k places in the alphabet, keeping case and everything else. The first line holds k (0 ≤ k ≤ 25), the second the text, at most 1000 characters.",
    samples: [
      { input: "3\nHello, World", output: "Khoor, Zruog" },
      { input: "13\nglass-house 7", output: "tynff-ubhfr 7" },
    ],
    honest: [
      {
        language: "python",
        code: "k = int(input())\nout = []\nfor ch in input():\n    if 'a' <= ch <= 'z':\n        out.append(chr((ord(ch) - 97 + k) % 26 + 97))\n    elif 'A' <= ch <= 'Z':\n        out.append(chr((ord(ch) - 65 + k) % 26 + 65))\n    else:\n        out.append(ch)\nprint(''.join(out))\n",
      },
      {
        language: "javascript",
        code: `${READ}const k = +lines[0];\nconst shift = (c, base) => String.fromCharCode(((c - base + k) % 26) + base);\nconsole.log(\n  [...lines[1]].map((ch) => {\n    const c = ch.charCodeAt(0);\n    if (c >= 97 && c <= 122) return shift(c, 97);\n    if (c >= 65 && c <= 90) return shift(c, 65);\n    return ch;\n  }).join(""),\n);\n`,
      },
    ],
  },
  {
    name: "triangle",
    story:
      'Given three sides, print "equilateral", "isosceles", "scalene" or "impossible". Sides are whole numbers up to 10000.',
    samples: [
      { input: "3 4 5", output: "scalene" },
      { input: "777 777 12", output: "isosceles" },
      { input: "1 2 3", output: "impossible" },
    ],
    honest: [
      {
        language: "python",
        code: "a, b, c = sorted(map(int, input().split()))\nif a + b <= c:\n    print('impossible')\nelif a == c:\n    print('equilateral')\nelif a == b or b == c:\n    print('isosceles')\nelse:\n    print('scalene')\n",
      },
      {
        language: "go",
        code: 'package main\n\nimport (\n\t"fmt"\n\t"sort"\n)\n\nfunc main() {\n\ts := make([]int, 3)\n\tfmt.Scan(&s[0], &s[1], &s[2])\n\tsort.Ints(s)\n\tswitch {\n\tcase s[0]+s[1] <= s[2]:\n\t\tfmt.Println("impossible")\n\tcase s[0] == s[2]:\n\t\tfmt.Println("equilateral")\n\tcase s[0] == s[1] || s[1] == s[2]:\n\t\tfmt.Println("isosceles")\n\tdefault:\n\t\tfmt.Println("scalene")\n\t}\n}\n',
      },
    ],
  },
  {
    name: "median",
    story:
      "Print the lower median of n whole numbers. The first line holds n ≤ 100000, the second the numbers.",
    samples: [
      { input: "4\n18 3 502 61", output: "18" },
      { input: "5\n9 9 1 4 8", output: "8" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\na = sorted(map(int, input().split()))\nprint(a[(n - 1) // 2])\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int main() {\n  int n;\n  cin >> n;\n  vector<long long> a(n);\n  for (auto& x : a) cin >> x;\n  nth_element(a.begin(), a.begin() + (n - 1) / 2, a.end());\n  cout << a[(n - 1) / 2] << endl;\n}\n`,
      },
    ],
  },
  {
    name: "brackets",
    story:
      'A row of the brackets ()[]{} is sound if each closes the last one open. Print "sound", or the position of the first that is wrong, or the length plus one if some stay open. At most 100000 brackets.',
    samples: [
      { input: "([]{})", output: "sound" },
      { input: "([)]", output: "3" },
      { input: "{{[", output: "4" },
    ],
    honest: [
      {
        language: "python",
        code: "s = input().strip()\nclosing = {')': '(', ']': '[', '}': '{'}\nstack = []\nfor i, ch in enumerate(s):\n    if ch in closing:\n        if not stack or stack.pop() != closing[ch]:\n            print(i + 1)\n            break\n    else:\n        stack.append(ch)\nelse:\n    print('sound' if not stack else len(s) + 1)\n",
      },
      {
        language: "javascript",
        code: `${READ}const s = lines[0].trim();\nconst closing = { ")": "(", "]": "[", "}": "{" };\nconst stack = [];\nlet wrong = 0;\nfor (let i = 0; i < s.length && !wrong; i++) {\n  if (s[i] in closing) {\n    if (stack.pop() !== closing[s[i]]) wrong = i + 1;\n  } else stack.push(s[i]);\n}\nconsole.log(wrong || (stack.length ? s.length + 1 : "sound"));\n`,
      },
    ],
  },
  {
    name: "collatz",
    story:
      "From n, halve an even number and turn an odd one into 3n + 1 until 1 is reached. Print the number of steps. 1 ≤ n ≤ 1000000.",
    samples: [
      { input: "1", output: "0" },
      { input: "27", output: "111" },
      { input: "837799", output: "524" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\nsteps = 0\nwhile n != 1:\n    n = n // 2 if n % 2 == 0 else 3 * n + 1\n    steps += 1\nprint(steps)\n",
      },
      {
        language: "go",
        code: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tvar n, steps int\n\tfmt.Scan(&n)\n\tfor n != 1 {\n\t\tif n%2 == 0 {\n\t\t\tn /= 2\n\t\t} else {\n\t\t\tn = 3*n + 1\n\t\t}\n\t\tsteps++\n\t}\n\tfmt.Println(steps)\n}\n',
      },
    ],
  },
  {
    name: "ladder",
    story: "Print the number of ways to climb n steps by 1, 2 or 3 at a time. 0 ≤ n ≤ 60.",
    samples: [
      { input: "0", output: "1" },
      { input: "3", output: "4" },
      { input: "23", output: "755476" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\nways = [1, 1, 2]\nwhile len(ways) <= n:\n    ways.append(ways[-1] + ways[-2] + ways[-3])\nprint(ways[n])\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int main() {\n  int n;\n  cin >> n;\n  vector<long long> w(64);\n  w[0] = 1; w[1] = 1; w[2] = 2;\n  for (int i = 3; i <= n; i++) w[i] = w[i - 1] + w[i - 2] + w[i - 3];\n  cout << w[n] << endl;\n}\n`,
      },
    ],
  },
  {
    name: "interval",
    story:
      "There are n meetings with start and end in minutes of the day (0 to 1440). Print the greatest number at one time. n ≤ 5000; a meeting that ends when another starts does not overlap it.",
    samples: [
      { input: "3\n540 600\n570 645\n600 660", output: "2" },
      { input: "2\n1 1439\n333 334", output: "2" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\nchange = [0] * 1442\nfor _ in range(n):\n    a, b = map(int, input().split())\n    change[a] += 1\n    change[b] -= 1\nbest = now = 0\nfor c in change:\n    now += c\n    best = max(best, now)\nprint(best)\n",
      },
      {
        language: "javascript",
        code: `${READ}const n = Number(lines[0]);\nconst change = new Array(1441).fill(0);\nfor (let i = 1; i <= n; i++) {\n  const [a, b] = lines[i].split(" ").map(Number);\n  change[a] += 1;\n  change[b] -= 1;\n}\nlet now = 0;\nlet best = 0;\nfor (const c of change) {\n  now += c;\n  if (now > best) best = now;\n}\nconsole.log(best);\n`,
      },
    ],
  },
  {
    name: "digits",
    story: "Print the digit sum of n to the power k. 1 ≤ n ≤ 1000, 0 ≤ k ≤ 100.",
    samples: [
      { input: "2 15", output: "26" },
      { input: "999 10", output: "126" },
    ],
    honest: [
      {
        language: "python",
        code: "n, k = map(int, input().split())\nprint(sum(int(d) for d in str(n ** k)))\n",
      },
      {
        language: "go",
        code: 'package main\n\nimport (\n\t"fmt"\n\t"math/big"\n)\n\nfunc main() {\n\tvar n, k int64\n\tfmt.Scan(&n, &k)\n\tp := new(big.Int).Exp(big.NewInt(n), big.NewInt(k), nil)\n\tsum := 0\n\tfor _, d := range p.String() {\n\t\tsum += int(d - \'0\')\n\t}\n\tfmt.Println(sum)\n}\n',
      },
    ],
  },
  {
    name: "queue",
    story:
      'Commands come one a line: "push x", "pop" or "sum". For each pop print the value or "empty", for each sum the sum of what is in the queue. The first line holds q ≤ 100000.',
    samples: [
      { input: "5\npush 41\npush 7\nsum\npop\npop", output: "48\n41\n7" },
      { input: "1\npop", output: "empty" },
    ],
    honest: [
      {
        language: "python",
        code: "from collections import deque\nq = deque()\ntotal = 0\nfor _ in range(int(input())):\n    parts = input().split()\n    if parts[0] == 'push':\n        q.append(int(parts[1]))\n        total += q[-1]\n    elif parts[0] == 'pop':\n        if q:\n            v = q.popleft()\n            total -= v\n            print(v)\n        else:\n            print('empty')\n    else:\n        print(total)\n",
      },
      {
        language: "cpp",
        code: `${HEAD}int main() {\n  int n;\n  cin >> n;\n  deque<long long> q;\n  long long total = 0;\n  while (n--) {\n    string c;\n    cin >> c;\n    if (c == "push") {\n      long long x;\n      cin >> x;\n      q.push_back(x);\n      total += x;\n    } else if (c == "pop") {\n      if (q.empty()) { cout << "empty\\n"; continue; }\n      cout << q.front() << "\\n";\n      total -= q.front();\n      q.pop_front();\n    } else cout << total << "\\n";\n  }\n}\n`,
      },
    ],
  },
  {
    name: "binary",
    story:
      "Print the sum of all whole numbers up to n whose binary form has exactly k ones, modulo 1000000007. 1 ≤ n ≤ 10^6, 0 ≤ k ≤ 20.",
    samples: [
      { input: "10 2", output: "33" },
      { input: "54321 9", output: "277154707" },
    ],
    honest: [
      {
        language: "python",
        code: "n, k = map(int, input().split())\ntotal = 0\nfor i in range(1, n + 1):\n    if bin(i).count('1') == k:\n        total += i\nprint(total % (10**9 + 7))\n",
      },
      {
        language: "javascript",
        code: `${READ}const [n, k] = lines[0].split(" ").map(Number);\nlet total = 0;\nfor (let i = 1; i <= n; i++) {\n  let ones = 0;\n  for (let x = i; x > 0; x >>= 1) ones += x & 1;\n  if (ones === k) total = (total + i) % 1000000007;\n}\nconsole.log(total);\n`,
      },
    ],
  },
  {
    name: "tree",
    story:
      "A tree of n nodes is given by the parents of nodes 2 to n. Print its height in edges. 1 ≤ n ≤ 200000; for n = 1 the second line is empty.",
    samples: [
      { input: "6\n1 1 2 4 4", output: "3" },
      { input: "1\n", output: "0" },
      { input: "3\n1 2", output: "2" },
    ],
    honest: [
      {
        language: "python",
        code: "n = int(input())\nif n == 1:\n    print(0)\nelse:\n    p = list(map(int, input().split()))\n    depth = [0] * (n + 1)\n    best = 0\n    for i in range(2, n + 1):\n        depth[i] = depth[p[i - 2]] + 1\n        best = max(best, depth[i])\n    print(best)\n",
      },
      {
        language: "go",
        code: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tvar n int\n\tfmt.Scan(&n)\n\tdepth := make([]int, n+1)\n\tbest := 0\n\tfor i := 2; i <= n; i++ {\n\t\tvar p int\n\t\tfmt.Scan(&p)\n\t\tdepth[i] = depth[p] + 1\n\t\tif depth[i] > best {\n\t\t\tbest = depth[i]\n\t\t}\n\t}\n\tfmt.Println(best)\n}\n',
      },
    ],
  },
  {
    name: "bits",
    story: "Print the exclusive or of all whole numbers from a to b. 1 ≤ a ≤ b ≤ 10^18.",
    samples: [
      { input: "3 6", output: "4" },
      { input: "48213 9077154", output: "9059831" },
    ],
    honest: [
      {
        language: "python",
        code: "def upto(n):\n    r = n % 4\n    if r == 0:\n        return n\n    if r == 1:\n        return 1\n    if r == 2:\n        return n + 1\n    return 0\n\na, b = map(int, input().split())\nprint(upto(b) ^ upto(a - 1))\n",
      },
      {
        language: "cpp",
        code: `${HEAD}long long upto(long long n) {\n  switch (n % 4) {\n    case 0: return n;\n    case 1: return 1;\n    case 2: return n + 1;\n  }\n  return 0;\n}\nint main() {\n  long long a, b;\n  cin >> a >> b;\n  cout << (upto(b) ^ upto(a - 1)) << endl;\n}\n`,
      },
    ],
  },
  {
    name: "keypad",
    story:
      "On an old keypad 2 is abc, 3 def, 4 ghi, 5 jkl, 6 mno, 7 pqrs, 8 tuv and 9 wxyz. Print the digits that spell a word of at most 100 lower-case letters.",
    samples: [
      { input: "record", output: "732673" },
      { input: "zoo", output: "966" },
    ],
    honest: [
      {
        language: "python",
        code: "keys = {'2': 'abc', '3': 'def', '4': 'ghi', '5': 'jkl', '6': 'mno', '7': 'pqrs', '8': 'tuv', '9': 'wxyz'}\nback = {ch: d for d, letters in keys.items() for ch in letters}\nprint(''.join(back[ch] for ch in input().strip()))\n",
      },
      {
        language: "javascript",
        code: `${READ}const keys = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];\nconst digit = (ch) => keys.findIndex((k) => k.includes(ch)) + 2;\nconsole.log([...lines[0].trim()].map(digit).join(""));\n`,
      },
    ],
  },
];
