using System.Net;
using System.Security.Cryptography;
using MMOrleans.Client.Data;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Client.Tests.Data;

/// <summary>Against a real HTTP server on this machine, with an archive that the test makes.</summary>
public sealed class DataFetchTests : IDisposable
{
    private static readonly CifarLayout Small = CifarLayout.Cifar10 with
    {
        RecordsPerTrainFile = 3,
        RecordsOfTest = 2,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _archive;
    private readonly FileServer _server;
    private readonly HttpClient _http = new();

    public DataFetchTests()
    {
        var path = Path.Combine(_folder.Path, "made.tar.gz");
        TarGz.Write(
            path,
            [
                .. Small.TrainFiles.Select(name => ($"cifar-10-batches-bin/{name}", Records(3))),
                ($"cifar-10-batches-bin/{Small.TestFile}", Records(2)),
                ($"cifar-10-batches-bin/{Small.NamesFile}", "a\nb\n"u8.ToArray()),
            ]
        );
        _archive = File.ReadAllBytes(path);
        _server = new(_archive);
    }

    private string Target => Path.Combine(_folder.Path, "cache", "cifar10");

    private PublishedArchive Published => new("cifar10", Small, [_server.Address], Md5(_archive));

    [Fact]
    public async Task FetchedFilesCanBeOpenedAndHaveChecksums()
    {
        Assert.True(await FetchAsync());

        Assert.Equal(15, CifarFiles.Open(Small, Target).Train.Count);
        Assert.All(
            CifarFiles.Check(Small, Target),
            check => Assert.True(check is { IsKnown: true, Fault: null })
        );
        Assert.Equal(
            ["cifar10"],
            Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "cache")).Select(Path.GetFileName)
        );
    }

    [Fact]
    public async Task SecondFetchTransfersNothing()
    {
        await FetchAsync();
        var sent = _server.Sent;

        Assert.False(await FetchAsync());
        Assert.Equal(sent, _server.Sent);
    }

    [Fact]
    public async Task BrokenDownloadGoesOnWhereItStopped()
    {
        _server.BreakAfter = _archive.Length / 2;
        var fault = await Assert.ThrowsAsync<FaultException>(() => FetchAsync());
        Assert.Equal("MM2003", fault.Code);
        Assert.Contains("of ", fault.Message, StringComparison.Ordinal);
        var arrived = new FileInfo(Target + ".mm-fetch.part").Length;
        Assert.InRange(arrived, 1, _archive.Length - 1);

        (_server.BreakAfter, _server.Sent) = (null, 0);
        Assert.True(await FetchAsync());

        Assert.Equal(_archive.Length - arrived, _server.Sent);
    }

    [Fact]
    public async Task SecondMirrorIsAskedWhenTheFirstIsDown()
    {
        var published = Published with { Mirrors = [new("http://127.0.0.1:1/x.tar.gz"), _server.Address] };

        Assert.True(await FetchAsync(published));
    }

    [Fact]
    public async Task AnotherFileThanThePublishedOneIsRefusedAndNotKept()
    {
        var fault = await Assert.ThrowsAsync<FaultException>(() =>
            FetchAsync(Published with { Md5 = new('0', 32) })
        );

        Assert.Equal("MM2002", fault.Code);
        Assert.Contains($"size {_archive.Length:N0} bytes", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "cache")));
    }

    [Fact]
    public async Task DamagedFileIsRepairedOnRequestOnly()
    {
        await FetchAsync();
        var file = Path.Combine(Target, Small.TestFile);
        var bytes = File.ReadAllBytes(file);
        bytes[100] ^= 1;
        File.WriteAllBytes(file, bytes);

        var fault = await Assert.ThrowsAsync<FaultException>(() => FetchAsync());
        Assert.Equal("MM2002", fault.Code);
        Assert.True(await FetchAsync(repair: true));

        Assert.All(CifarFiles.Check(Small, Target), check => Assert.Null(check.Fault));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AFolderThatIsThereKeepsWhatItHoldsAndStaysTheSameFolder(bool repair)
    {
        // A link stands for a mount point: neither can be replaced.
        var disk = Directory.CreateDirectory(Path.Combine(_folder.Path, "disk"));
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        Directory.CreateSymbolicLink(Target, disk.FullName);
        Directory.CreateDirectory(Path.Combine(Target, "photographs"));
        await File.WriteAllTextAsync(
            Path.Combine(Target, "photographs", "a.png"),
            "mine",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(Target, "SHA256SUMS"),
            $"{new string('a', 64)}  notes.txt\n",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(Target + ".tar.gz", "mine too", TestContext.Current.CancellationToken);
        if (repair)
            await File.WriteAllTextAsync(
                Path.Combine(Target, Small.TestFile),
                "damaged",
                TestContext.Current.CancellationToken
            );

        Assert.True(await FetchAsync(repair: repair));

        Assert.Equal(disk.FullName, new DirectoryInfo(Target).LinkTarget);
        Assert.Equal(
            "mine",
            await File.ReadAllTextAsync(
                Path.Combine(Target, "photographs", "a.png"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(
            "mine too",
            await File.ReadAllTextAsync(Target + ".tar.gz", TestContext.Current.CancellationToken)
        );
        Assert.Contains(
            "notes.txt",
            await File.ReadAllTextAsync(
                Path.Combine(Target, "SHA256SUMS"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.All(
            CifarFiles.Check(Small, Target),
            check => Assert.True(check is { IsKnown: true, Fault: null })
        );
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(Target),
            path => path.Contains("mm-fetch", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task OfflineFetchesNothing()
    {
        var fault = await Assert.ThrowsAsync<FaultException>(() => FetchAsync(offline: true));

        Assert.Equal("MM2001", fault.Code);
        Assert.Equal(0, _server.Sent);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Target)));
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    private Task<bool> FetchAsync(
        PublishedArchive? archive = null,
        bool repair = false,
        bool offline = false
    ) =>
        new DataFetch(new(_http, (_, _) => { })).RunAsync(
            archive ?? Published,
            Target,
            repair,
            offline,
            TestContext.Current.CancellationToken
        );

    private static byte[] Records(int count)
    {
        var bytes = new byte[count * Small.RecordBytes];
        for (var r = 0; r < count; r++)
            bytes[r * Small.RecordBytes] = (byte)r;
        for (var i = 1; i < bytes.Length; i++)
            if (i % Small.RecordBytes != 0)
                bytes[i] = (byte)(i * 2654435761 >> 13); // does not pack well, as images do not
        return bytes;
    }

    private static string Md5(byte[] bytes)
    {
#pragma warning disable CA5351 // As published.
        return Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
    }

    /// <summary>Serves one file, in ranges, and breaks the connection when told.</summary>
    private sealed class FileServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly byte[] _file;

        public FileServer(byte[] file)
        {
            _file = file;
            var port = FreePort();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            Address = new($"http://127.0.0.1:{port}/cifar-10-binary.tar.gz");
            _ = ServeAsync();
        }

        public Uri Address { get; }
        public long Sent { get; set; }
        public long? BreakAfter { get; set; }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                var response = context.Response;
                var from = 0;
                if (context.Request.Headers["Range"] is { } range)
                {
                    from = int.Parse(range["bytes=".Length..^1]);
                    response.StatusCode = 206;
                    response.Headers["Content-Range"] = $"bytes {from}-{_file.Length - 1}/{_file.Length}";
                }

                response.ContentLength64 = _file.Length - from;
                var length = (int)Math.Min(_file.Length - from, BreakAfter ?? long.MaxValue);
                await response.OutputStream.WriteAsync(_file.AsMemory(from, length));
                await response.OutputStream.FlushAsync();
                Sent += length;
                if (from + length < _file.Length)
                    response.Abort();
                else
                    response.Close();
            }
        }

        private static int FreePort()
        {
            using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            socket.Start();
            return ((IPEndPoint)socket.LocalEndpoint).Port;
        }
    }
}
