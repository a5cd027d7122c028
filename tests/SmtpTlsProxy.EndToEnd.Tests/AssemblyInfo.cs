[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

// Real servers and real clients: two classes at a time keep two cores busy, more would only make timers lie.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
