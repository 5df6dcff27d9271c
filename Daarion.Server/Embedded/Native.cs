using System.Runtime.InteropServices;

namespace Daarion.Server.Embedded;

/// <summary>The few calls of the operating system that .NET has no face for.</summary>
internal static partial class Native
{
    /// <summary>Fast shutdown for PostgreSQL.</summary>
    public const int SigInt = 2;

    /// <summary>Immediate shutdown for PostgreSQL.</summary>
    public const int SigQuit = 3;

    /// <summary>The end, without being asked.</summary>
    public const int SigKill = 9;

    /// <summary>Please stop.</summary>
    public const int SigTerm = 15;

    private const int SizeOfTimex = 256;
    private const int OpenPathOnly = 0x200000 | 0x80000;

    /// <summary>Sends a signal; false where there is no such process.</summary>
    public static bool Signal(int process, int signal) => Kill(process, signal) == 0;

    /// <summary>Gives a file or folder to a user.</summary>
    /// <exception cref="IOException">It may not be given.</exception>
    public static void Give(string path, UnprivilegedUser user)
    {
        if (ChangeOwner(path, user.Uid, user.Gid) != 0)
        {
            throw new IOException($"{path} cannot be given to {user.Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>
    /// A short way to a folder of any path length, good within this process: addresses of unix sockets have 107 characters at most.
    /// The descriptor is kept for the life of the process, as the sockets it leads to are.
    /// </summary>
    /// <exception cref="IOException">There is no such folder.</exception>
    public static string ShortWayTo(string folder)
    {
        var descriptor = Open(folder, OpenPathOnly);
        return descriptor >= 0 ? $"/proc/self/fd/{descriptor}" : throw new IOException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>The path without any symbolic link in it.</summary>
    /// <exception cref="IOException">There is no such folder.</exception>
    public static string RealPath(string folder)
    {
        var descriptor = Open(folder, OpenPathOnly);
        if (descriptor < 0)
        {
            throw new IOException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            return File.ResolveLinkTarget($"/proc/self/fd/{descriptor}", returnFinalTarget: false)!.FullName;
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>True when the kernel's clock follows a time source.</summary>
    public static bool ClockIsSynchronised()
    {
        const int TimeError = 5;
        Span<byte> readOnly = stackalloc byte[SizeOfTimex];
        readOnly.Clear();
        return AdjustTime(ref MemoryMarshal.GetReference(readOnly)) is >= 0 and < TimeError;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(ref byte timex);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
