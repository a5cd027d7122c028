using System.Runtime.InteropServices;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>How a pair can be unusable.</summary>
enum Fault
{
    None,
    ForeignKey,
    NoCertificate,
    KeyMissing,
    Truncated,
}

/// <summary>
/// A mounted Secret: <c>tls.crt</c> and <c>tls.key</c> are links through <c>..data</c>, a link to the folder of the day that kubelet swaps by a rename,
/// whereupon the folder before goes.
/// </summary>
sealed class KubeletFolder
{
    readonly Scratch _scratch;
    readonly string _name;
    readonly TestCa _ca;
    int _versions;

    public KubeletFolder(Scratch scratch, string name, TestCa ca)
    {
        (_scratch, _name, _ca) = (scratch, name, ca);
        Directory.CreateDirectory(PathTo(""));
        foreach (string file in (string[])["tls.crt", "tls.key"])
            File.CreateSymbolicLink(PathTo(file), $"..data/{file}");
    }

    public PemPair Pair => new(PathTo("tls.crt"), PathTo("tls.key"));

    /// <summary>Another pair; returns the certificate's serial number.</summary>
    public string Swap(Fault fault = Fault.None)
    {
        PemPair pair = _ca.Issue(Names.Proxy);
        string folder = $"..{++_versions}";
        Directory.CreateDirectory(PathTo(folder));
        Write(folder, pair, fault);
        Directory.CreateSymbolicLink(PathTo("..data_tmp"), folder);
        Assert.Equal(0, Rename(PathTo("..data_tmp"), PathTo("..data")));
        if (_versions > 1)
            Directory.Delete(PathTo($"..{_versions - 1}"), recursive: true);
        using var certificate = pair.Load();
        return certificate.GetSerialNumberString();
    }

    void Write(string folder, PemPair pair, Fault fault)
    {
        string certificate = File.ReadAllText(pair.CertFile), key = File.ReadAllText((fault is Fault.ForeignKey ? _ca.Issue(Names.Proxy) : pair).KeyFile);
        File.WriteAllText(PathTo($"{folder}/tls.crt"), fault switch
        {
            Fault.NoCertificate => "",
            Fault.Truncated => certificate[..(certificate.Length / 2)],
            _ => certificate,
        });
        if (fault is not Fault.KeyMissing)
            File.WriteAllText(PathTo($"{folder}/tls.key"), key);
    }

    string PathTo(string file) => _scratch.PathTo(Path.Combine(_name, file));

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    static extern int Rename(string from, string to);
}
