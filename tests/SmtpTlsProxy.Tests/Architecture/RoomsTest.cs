using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace SmtpTlsProxy.Architecture;

/// <summary>A room may use what its row names, nothing else.</summary>
public class RoomsTest
{
    static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(
        typeof(Protocol.Verb).Assembly, typeof(Transport.Loops.Wake).Assembly, Assembly.Load("smtp-tls-proxy")).Build();

    public static TheoryData<string> AllRooms => [.. Rooms.MayUse.Keys];

    [Theory]
    [MemberData(nameof(AllRooms))]
    public void ARoomUsesOnlyWhatItsRowNames(string room)
    {
        string[] trespasses = [.. TypesOf(room).SelectMany(type => type.Dependencies.Select(d => (From: type.FullName, To: d.Target.FullName)))
            .Where(d => !MayUse(room, d.To)).Select(d => $"{d.From} -> {d.To}").Distinct()];
        Assert.Empty(trespasses);
    }

    [Theory]
    [MemberData(nameof(AllRooms))]
    public void ARoomOfTheTableIsNotEmpty(string room) => Assert.NotEmpty(TypesOf(room));

    [Fact]
    public void EveryTypeLivesInARoom()
    {
        string[] homeless = [.. House.Types.Select(t => t.FullName).Where(name => name.StartsWith("SmtpTlsProxy.", StringComparison.Ordinal) && RoomOf(name) is null)];
        Assert.Empty(homeless);
    }

    [Fact]
    public void NativeLibrariesAreCalledFromTheirOwnRoomsAlone()
    {
        string root = SourceFolder();
        string[] callers = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(file).Contains("[LibraryImport(", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!)).Distinct().Order()];
        Assert.All(callers, caller => Assert.Contains(caller, (string[])["SmtpTlsProxy.Transport/OpenSsl", "SmtpTlsProxy.Transport/Sockets", "SmtpTlsProxy.Transport/Loops"]));
    }

    static IEnumerable<IType> TypesOf(string room) => House.Types.Where(type => RoomOf(type.FullName) == room);

    static bool MayUse(string room, string target)
    {
        if (RoomOf(target) is { } other)
            return other == room || Rooms.MayUse[room].Contains(other);
        string? library = Array.Find(Rooms.Libraries, library => IsIn(target, library));
        return library is null || Array.Exists(Rooms.MayUse[room], granted => IsIn(target, granted));
    }

    static string? RoomOf(string fullName) => Rooms.MayUse.Keys.SingleOrDefault(room => IsIn(fullName, room));

    static bool IsIn(string fullName, string space) => fullName.StartsWith(space + ".", StringComparison.Ordinal);

    static string SourceFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SmtpTlsProxy.sln")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, "src");
    }
}
