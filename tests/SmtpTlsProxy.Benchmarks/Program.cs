using BenchmarkDotNet.Running;
using SmtpTlsProxy.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(GigabytesColumn).Assembly).Run(args, new Table());
